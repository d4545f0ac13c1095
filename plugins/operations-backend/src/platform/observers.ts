import type { LoggerService } from '@backstage/backend-plugin-api';
import { runRecordSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  EngineJobRef,
  EngineObserver,
} from '@craft-easy/backstage-plugin-operations-node';
import type { JobRegistry, RecordedBatch, RunRecorder } from '../jobs/ports';
import { recordSafely } from './streams/recordSafely';

/**
 * Records what an engine sees on queues that no platform has declared. Once a platform declares
 * such a queue, its own reports count and these are dropped: two reports of one run could
 * contradict each other.
 */
export function createObserver(options: {
  registry: JobRegistry;
  recorder: RunRecorder;
  logger: LoggerService;
  isDeclared(job: EngineJobRef): boolean;
  onChanged(jobId: string): void;
  onApplied(batch: RecordedBatch): void | Promise<void>;
}): EngineObserver {
  const { registry, recorder, logger, isDeclared } = options;
  const queues = new Map<string, EngineJobRef>();
  const id = (engine: string, name: string) => `${engine}/${name}`;

  return {
    findRuns: (job, engineJobIds) => registry.findRuns(job, engineJobIds),

    async onJobs(jobs) {
      for (const job of jobs) queues.set(id(job.engine, job.name), job);
      const foreign = jobs.filter(job => !isDeclared(job));
      if (foreign.length === 0) return;
      const { changed } = await registry.noteObserved(foreign, Date.now());
      changed.forEach(options.onChanged);
    },

    async onRuns(records) {
      const valid: RunRecord[] = [];
      for (const input of records) {
        const job = queues.get(id(input.engine, input.job));
        if (job && isDeclared(job)) continue;
        const parsed = runRecordSchema.safeParse(input);
        if (parsed.success) valid.push(parsed.data);
        else {
          logger.warn(
            `A run seen on queue ${input.job} cannot be recorded: ${parsed.error.issues[0].message}`,
          );
        }
      }
      if (valid.length === 0) return;
      // a record that the database refuses is seen again at the next comparison; it must not hold
      // up the others
      const { batches, refused } = await recordSafely(recorder, valid);
      for (const { record, error } of refused) {
        logger.warn(`Run ${record.id}, seen on a queue: ${error}`);
      }
      for (const batch of batches) await options.onApplied(batch);
    },
  };
}
