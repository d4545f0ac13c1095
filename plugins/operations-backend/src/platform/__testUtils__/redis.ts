import { ConfigReader } from '@backstage/config';
import {
  RUN_RECORD_FIELD,
  type RunRecordInput,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import type { TestRedis } from '@craft-easy/backstage-plugin-operations-node/testUtils';

/**
 * Connections to a test's server, as the backend makes them, but patient: the machine that runs the
 * tests may be busy.
 */
export function connectTo(
  server: TestRedis,
  commandTimeoutMs: number = 5000,
): OperationsRedis {
  const { url, namespace, queuePrefix } = server;
  const config = new ConfigReader({
    operations: { redis: { url, namespace, queuePrefix, commandTimeoutMs } },
  });
  return createOperationsRedis(readRedisOptions(config), { warn: () => {} });
}

/** Reports runs as a worker does. */
export async function report(
  redis: OperationsRedis,
  ...records: RunRecordInput[]
): Promise<string[]> {
  const { runs } = redis.keys;
  return redis.execute(
    client =>
      Promise.all(
        records.map(record =>
          client.xadd(runs, '*', RUN_RECORD_FIELD, JSON.stringify(record)),
        ),
      ) as Promise<string[]>,
  );
}
