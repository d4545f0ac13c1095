import IORedis from 'ioredis';
import { DateTime } from 'luxon';
import {
  type WebhookFailureRecord,
  webhookReportSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  DEFAULT_QUEUE_PREFIX,
  PORTAL_GROUP,
  protocolKeys,
  RUN_RECORD_FIELD,
  type ProtocolKeys,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { createWebhookDispatcher } from '@craft-easy/operations-sdk/webhooks';
import { tenantById } from '../platform/tenants';
import { DEMO_EGRESS, endpointOf, ENDPOINT_ID } from './endpoints';
import { paymentConfirmed } from './events';

const DOWN = 'nordic-gym';
const PAYMENTS = 4;
const GAP_MINUTES = 13;
const NIGHT_QUEUE = 'webhooks-night';

function markerKey(keys: ProtocolKeys): string {
  return `${keys.webhookFailures}:demo-night`;
}

/**
 * Last night at Nordic Gym: its software was down, and four payment confirmations failed for
 * good. They are really sent, to a receiver that is really down, by a dispatcher of their own;
 * only the time is moved to after 02:10. Once per namespace.
 * @returns how many failed
 */
export async function reportLastNight(options: {
  redisUrl: string;
  namespace: string | undefined;
  receiversUrl: string;
}): Promise<number> {
  const { redisUrl, namespace, receiversUrl } = options;
  const keys = protocolKeys(namespace);
  const redis = new IORedis(redisUrl);
  try {
    if (await redis.exists(markerKey(keys))) return 0;
    await setOutage(receiversUrl, true);
    const confirmedAt = lastNight();
    const night = `${keys.webhookFailures}-night`;
    const failures = await failAll(redis, {
      redisUrl,
      receiversUrl,
      namespace: night,
      confirmedAt,
    });
    await setOutage(receiversUrl, false);
    await handOver(redis, protocolKeys(night), keys, failures, confirmedAt);
    const left = [
      ...(await keysOf(redis, `${night}:*`)),
      ...(await keysOf(redis, `${DEFAULT_QUEUE_PREFIX}:${NIGHT_QUEUE}:*`)),
    ];
    if (left.length > 0) await redis.del(...left);
    await redis.set(markerKey(keys), new Date().toISOString());
    return failures.length;
  } finally {
    redis.disconnect();
  }
}

async function setOutage(receiversUrl: string, down: boolean): Promise<void> {
  await fetch(`${receiversUrl}/${DOWN}/outage`, {
    method: 'PUT',
    body: String(down),
  });
}

/** When the payments were confirmed: last night, from 02:10 on. */
function lastNight(): Date[] {
  const tenOverTwo = DateTime.now()
    .setZone('Europe/Stockholm')
    .minus({ hours: 3, minutes: 30 })
    .set({ hour: 2, minute: 10, second: 4, millisecond: 0 });
  return Array.from({ length: PAYMENTS }, (_, i) =>
    tenOverTwo.plus({ minutes: i * GAP_MINUTES }).toJSDate(),
  );
}

/**
 * Sends to a receiver that is down until all have failed for good.
 * @returns their failures, in the order of the payments
 */
async function failAll(
  redis: IORedis,
  options: {
    redisUrl: string;
    receiversUrl: string;
    namespace: string;
    confirmedAt: Date[];
  },
): Promise<WebhookFailureRecord[]> {
  const keys = protocolKeys(options.namespace);
  await redis
    .xgroup('CREATE', keys.webhookFailures, PORTAL_GROUP, '0', 'MKSTREAM')
    .catch(() => {}); // left over from a start that was broken off
  const dispatcher = createWebhookDispatcher({
    connection: options.redisUrl,
    namespace: options.namespace,
    queue: NIGHT_QUEUE,
    endpoint: (tenant, endpoint) =>
      endpointOf(options.receiversUrl, tenant, endpoint),
    egress: DEMO_EGRESS,
    retry: { attempts: 3, spanMs: 600 },
    circuit: { failures: 1_000 },
  });
  try {
    await dispatcher.start();
    const tenant = tenantById(DOWN);
    const sent = await dispatcher.sendMany(
      Array.from({ length: PAYMENTS }, (_, i) => ({
        ...paymentConfirmed(tenant, 7_301 + i, options.confirmedAt[i]),
        endpoint: ENDPOINT_ID,
      })),
    );
    const failures: WebhookFailureRecord[] = [];
    let last = '0';
    while (failures.length < PAYMENTS) {
      const answer = await redis.xread(
        'BLOCK',
        20_000,
        'STREAMS',
        keys.webhookFailures,
        last,
      );
      if (!answer) throw new Error('the payments did not fail in time');
      for (const [id, fields] of answer[0][1]) {
        last = id;
        const report = webhookReportSchema.parse(JSON.parse(fields[1]));
        if (report.kind === 'failure') failures.push(report);
      }
    }
    const place = ({ webhookId }: WebhookFailureRecord) =>
      sent.findIndex(({ id }) => id === webhookId);
    return failures.sort((a, b) => place(a) - place(b));
  } finally {
    await dispatcher.close();
  }
}

/** Reports the failures as of last night, and stores the bytes that a replay needs. */
async function handOver(
  redis: IORedis,
  from: ProtocolKeys,
  to: ProtocolKeys,
  failures: WebhookFailureRecord[],
  confirmedAt: Date[],
): Promise<void> {
  const kept = await keysOf(redis, from.webhookPayload('*'));
  for (const key of kept) {
    const id = key.slice(from.webhookPayload('').length);
    await redis.rename(key, to.webhookPayload(id));
  }
  for (const [i, failure] of failures.entries()) {
    // created when the payment was confirmed, as its payload says
    const back = Date.parse(failure.createdAt) - confirmedAt[i].getTime();
    const moved = (time: string) =>
      new Date(Date.parse(time) - back).toISOString();
    await redis.xadd(
      to.webhookFailures,
      '*',
      RUN_RECORD_FIELD,
      JSON.stringify({
        ...failure,
        createdAt: moved(failure.createdAt),
        failedAt: moved(failure.failedAt),
        attempts: failure.attempts.map(attempt => ({
          ...attempt,
          at: moved(attempt.at),
        })),
      }),
    );
  }
}

async function keysOf(redis: IORedis, pattern: string): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of redis.scanStream({ match: pattern, count: 1_000 })) {
    found.push(...(keys as string[]));
  }
  return found;
}
