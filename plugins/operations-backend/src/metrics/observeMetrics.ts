import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  MetricsService,
  MetricsServiceObservableResult,
} from '@backstage/backend-plugin-api/alpha';
import type { AttentionState } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AttentionSeverity } from '@craft-easy/backstage-plugin-operations-common';
import type { BackendEvents } from '../lib/BackendEvents';
import type { PlatformHealth, QueueNow } from '../jobs/ports';
import { isActive } from '../jobs/runs/runRow';

/** Seconds; from a quick check to a night's work. */
const DURATION_BOUNDS = [
  1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800,
];

/**
 * OpenTelemetry instruments, which the portal may export. Runs are counted by the replica that
 * records them, so add the replicas up; every replica reports the same of everything else, so take
 * the greatest.
 */
export function observeMetrics(options: {
  metrics: MetricsService;
  jobs: {
    health: Pick<PlatformHealth, 'runStream'>;
    levels: { now(now: number): Promise<QueueNow[]> };
  };
  attention: {
    counts(now: number): Promise<
      Array<{
        severity: AttentionSeverity;
        state: AttentionState;
        count: number;
      }>
    >;
  };
  changes: BackendEvents;
  logger: LoggerService;
}): void {
  const { metrics, jobs, attention, logger } = options;
  const runs = metrics.createCounter('operations.runs', {
    description: 'Runs that ended, by job and status',
  });
  const durations = metrics.createHistogram('operations.run.duration.seconds', {
    description: 'How long runs took, by job and status',
    unit: 's',
    advice: { explicitBucketBoundaries: DURATION_BOUNDS },
  });

  const observe = (
    name: string,
    description: string,
    read: (result: MetricsServiceObservableResult) => Promise<void> | void,
    unit?: string,
  ) =>
    metrics
      .createObservableGauge(name, { description, unit })
      .addCallback(async result => {
        try {
          await read(result);
        } catch (error) {
          // a figure that is not known is left out; the others are reported
          logger.warn(`Cannot measure ${name}`, error as Error);
        }
      });

  observe(
    'operations.queue.depth',
    'Runs in a queue, by job and state, at the last look (one a minute)',
    async result => {
      for (const queue of await jobs.levels.now(Date.now())) {
        for (const state of ['waiting', 'active', 'delayed'] as const) {
          result.observe(queue[state], { job: queue.jobId, state });
        }
      }
    },
  );
  observe(
    'operations.queue.oldest_wait.seconds',
    'How long the oldest run of a queue had waited at the last look',
    async result => {
      for (const queue of await jobs.levels.now(Date.now())) {
        result.observe(queue.oldestWaitMs / 1000, { job: queue.jobId });
      }
    },
    's',
  );
  observe(
    'operations.attention.items',
    'What needs a human, by severity and state',
    async result => {
      for (const { count, ...of } of await attention.counts(Date.now())) {
        result.observe(count, of);
      }
    },
  );
  observe(
    'operations.ingestion.lag',
    'Reports of runs that no replica has read yet',
    result => {
      const { runStream } = jobs.health;
      if (runStream) result.observe(runStream.lag);
    },
  );
  observe(
    'operations.ingestion.pending',
    'Reports of runs that were read, but are not in the database yet',
    result => {
      const { runStream } = jobs.health;
      if (runStream) result.observe(runStream.pending);
    },
  );

  options.changes.on('recorded', applied => {
    for (const record of applied) {
      if (isActive(record.state)) continue;
      const of = {
        job: `${record.engine}/${record.job}`,
        status: record.state,
      };
      runs.add(1, of);
      if (record.startedAt && record.endedAt) {
        const ms = Date.parse(record.endedAt) - Date.parse(record.startedAt);
        durations.record(Math.max(0, ms) / 1000, of);
      }
    }
  });
}
