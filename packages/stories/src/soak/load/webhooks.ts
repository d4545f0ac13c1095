import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { MUTED_TENANTS } from '../names';
import type { Random } from '../random';
import type { Caller } from './Caller';

/** So long the endpoint of a message is down (platform/producer.ts); then a replay gets through. */
const DOWN_MS = 12_000;

/** Replays failures, one by one and in bulk, as soon as their endpoint is up again. */
export async function replayFailures(caller: Caller, random: Random) {
  while (!caller.closing.aborted) {
    const page = await caller.read(
      '/webhook-failures?state=failed&state=failed-again&limit=100',
    );
    const ready = (page?.items ?? []).filter(
      (one: any) =>
        !MUTED_TENANTS.includes(one.tenant) &&
        Date.now() - Date.parse(one.createdAt) > DOWN_MS,
    );
    if (ready.length > 3) {
      const ids = ready.slice(0, 10).map((one: any) => one.id);
      await caller.act('replay-bulk', 'POST', '/webhook-failures/bulk', {
        action: 'replay',
        selection: { ids },
        expected: ids.length,
        perEndpointPerSecond: 20,
        reason: `soak bulk replay ${randomUUID()}`,
      });
    } else if (ready.length > 0) {
      await caller.act(
        'replay',
        'POST',
        `/webhook-failures/${random.pick<any>(ready).id}/replay`,
        { reason: `soak replay ${randomUUID()}` },
      );
    }
    await pause(random.between(1_000, 2_500));
  }
}

/** Suppresses failures of tenants for a while; some of the patterns are ended early. */
export async function suppressFailures(caller: Caller, random: Random) {
  for (let n = 0; !caller.closing.aborted; n++) {
    const tenant = MUTED_TENANTS[n % MUTED_TENANTS.length];
    const lasts = random.between(6_000, 14_000);
    const answer = await caller.act(
      'suppress',
      'POST',
      '/webhook-suppressions',
      {
        tenant,
        until: new Date(Date.now() + lasts).toISOString(),
        reason: `soak suppression ${randomUUID()}`,
      },
    );
    const id = answer?.body?.suppression?.id;
    if (id && random.next() < 0.4) {
      await pause(random.between(1_000, 4_000));
      await caller.act(
        'end-suppression',
        'POST',
        `/webhook-suppressions/${id}/end`,
        { reason: `soak end of a suppression ${randomUUID()}` },
      );
    }
    await pause(random.between(3_000, 6_000));
  }
}
