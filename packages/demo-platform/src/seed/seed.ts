import IORedis from 'ioredis';
import {
  RUNS_STREAM_MAX_LENGTH,
  runRecordSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  protocolKeys,
  RUN_RECORD_FIELD,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { JOBS } from '../jobs';
import type { DemoConfig } from '../platform/config';
import { runsByHand } from './byHand';
import { failedReminder, failedRollup } from './lastNight';
import { markerKey } from './marker';
import { toRecord, type EndedRun } from './record';
import { scheduledRuns } from './scheduled';

const BATCH = 500;

/**
 * Reports thirty days of history through the protocol: each run's final record, in the order in
 * which they ended. Once per namespace; the ids are those that the runs would have had, so that
 * a second report adds nothing.
 * @returns how many runs were reported
 */
export async function seed(
  config: Pick<DemoConfig, 'redisUrl' | 'namespace' | 'mailUrl'>,
  now: number = Date.now(),
): Promise<number> {
  const keys = protocolKeys(config.namespace);
  const marker = markerKey(config.namespace);
  const redis = new IORedis(config.redisUrl);
  try {
    if (await redis.exists(marker)) {
      return 0;
    }
    const runs = await history(config.mailUrl, now);
    for (let i = 0; i < runs.length; i += BATCH) {
      const pipeline = redis.pipeline();
      for (const run of runs.slice(i, i + BATCH)) {
        pipeline.xadd(
          keys.runs,
          'MAXLEN',
          '~',
          RUNS_STREAM_MAX_LENGTH,
          '*',
          RUN_RECORD_FIELD,
          JSON.stringify(runRecordSchema.parse(toRecord(run))),
        );
      }
      await pipeline.exec();
    }
    await redis.set(marker, new Date(now).toISOString());
    return runs.length;
  } finally {
    redis.disconnect();
  }
}

async function history(mailUrl: string, now: number): Promise<EndedRun[]> {
  const lastNight = [await failedReminder(mailUrl, now), failedRollup(now)];
  const byHand = new Set(lastNight.map(run => run.id));
  const scheduled = JOBS.flatMap(job => scheduledRuns(job, now)).filter(
    run => !byHand.has(run.id),
  );
  return [...scheduled, ...runsByHand(now, scheduled), ...lastNight].sort(
    (a, b) => a.endedAt - b.endedAt,
  );
}
