import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { FLAGS, HELD_TENANTS, RAISED_TENANTS } from '../names';
import type { Random } from '../random';
import type { Caller } from './Caller';

/** Controls of one tenant follow each other with a gap, so that nobody confuses two of them. */
const GAP_MS = 8_000;

/** Overrides limits of tenants; some overrides are ended early, some put off. */
export async function overrideLimits(caller: Caller, random: Random) {
  await control(caller, random, {
    kind: 'override',
    tenants: RAISED_TENANTS,
    path: '/rate-limit-overrides',
    field: 'override',
    body: tenant => ({
      subject: { kind: 'tenant', tenant },
      limit: { kind: 'unlimited' },
    }),
  });
}

/** Maintenance windows of tenants. */
export async function maintainTenants(caller: Caller, random: Random) {
  await control(caller, random, {
    kind: 'window',
    tenants: HELD_TENANTS,
    path: '/maintenance',
    field: 'window',
    body: tenant => ({
      scope: { kind: 'tenant', tenant },
      mode: random.pick(['read-only', 'offline']),
    }),
  });
}

interface Kind {
  kind: 'override' | 'window';
  tenants: string[];
  path: string;
  /** of the answer */
  field: string;
  body(tenant: string): object;
}

/** A loop for each tenant: so each has one control at a time. */
async function control(caller: Caller, random: Random, kind: Kind) {
  await Promise.all(
    kind.tenants.map(async tenant => {
      await pause(random.between(0, 6_000));
      while (!caller.closing.aborted) {
        const end = await controlOnce(caller, random, kind, tenant);
        await pause(Math.max(0, end - Date.now()) + GAP_MS);
      }
    }),
  );
}

/** @returns when its last planned end is */
async function controlOnce(
  caller: Caller,
  random: Random,
  { kind, path, field, body }: Kind,
  tenant: string,
): Promise<number> {
  const reason = () => `soak ${kind} ${randomUUID()}`;
  let endsAt = Date.now() + random.between(5_000, 12_000);
  const answer = await caller.act(kind, 'POST', path, {
    ...body(tenant),
    endsAt: new Date(endsAt).toISOString(),
    reason: reason(),
  });
  const id = answer?.body?.[field]?.id;
  if (!id) return endsAt;
  const chance = random.next();
  if (chance < 0.35) {
    await pause(random.between(1_000, 3_000));
    await caller.act(`end-${kind}`, 'POST', `${path}/${id}/end`, {
      reason: reason(),
    });
  } else if (chance < 0.55) {
    await pause(random.between(500, 2_000));
    const later = endsAt + random.between(2_000, 5_000);
    await caller.act(`extend-${kind}`, 'POST', `${path}/${id}/extend`, {
      endsAt: new Date(later).toISOString(),
      reason: reason(),
    });
    endsAt = later;
  }
  return endsAt;
}

/** Throws switches until a time, after which each process puts them back. */
export async function throwSwitches(caller: Caller, random: Random) {
  await Promise.all(
    FLAGS.map(async key => {
      await pause(random.between(0, 4_000));
      while (!caller.closing.aborted) {
        const flag = await caller.read(`/flags/${key}`);
        if (!flag) return;
        const until = Date.now() + random.between(4_000, 9_000);
        await caller.act(
          'flag',
          'PUT',
          `/flags/${key}`,
          {
            variant: 'on',
            until: new Date(until).toISOString(),
            reason: `soak flag ${randomUUID()}`,
          },
          { 'if-match': flag.etag },
        );
        await pause(Math.max(0, until - Date.now()) + 3_000);
      }
    }),
  );
}
