import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  LOG_LIMITS,
  type LogTail,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobEngine } from '@craft-easy/backstage-plugin-operations-node';
import type {
  ActiveRun,
  JobRegistry,
  LogReader,
  RecordedBatch,
  RunRecorder,
} from '../../jobs/ports';
import { iso } from '../../lib/time';
import type { WorkerDirectory } from '../registry/WorkerDirectory';
import { recordSafely } from '../streams/recordSafely';
import { compareIds, type StreamState } from '../streams/ReportStream';
import { locateSome } from './locateSome';
import {
  engineMatters,
  explain,
  looksLost,
  LOST_AFTER_MS,
  type LostReason,
  type WorkerFact,
} from './rules';

export interface LostRunsOptions {
  registry: JobRegistry;
  recorder: RunRecorder;
  logReader: LogReader;
  workers: WorkerDirectory;
  engines: ReadonlyMap<string, JobEngine>;
  logger: LoggerService;
  onApplied(batch: RecordedBatch): void | Promise<void>;
  lostAfterMs?: Record<LostReason, number>;
}

/** A run that looked lost. */
interface Missing {
  reason: LostReason;
  since: number;
  /**
   * The newest report at that time. The run is not lost before this report and all earlier ones are
   * in the database: one of them may say how the run ended.
   */
  mark: string;
}

/** Runs looked at in one go, oldest first. */
const LIMIT = 5_000;
/** A younger run is not looked at. */
const MIN_AGE_MS = 5_000;

/**
 * Ends, as `lost`, runs that nobody is executing any more. One replica calls it now and then. A run
 * must look lost for a while: one look proves nothing, and looks before or during an outage of
 * Redis do not count ({@link LostRuns.reset}).
 */
export class LostRuns {
  private readonly missing = new Map<string, Missing>();
  private lastLocated = '';

  constructor(private readonly options: LostRunsOptions) {}

  /** Starts anew: looks before an outage prove nothing. */
  reset() {
    this.missing.clear();
  }

  /** @param streamOf - how far the stream is read on which the runs of a job are reported */
  async look(streamOf: (job: string) => StreamState): Promise<void> {
    const { registry, engines } = this.options;
    const now = Date.now();
    const runs = await registry.activeRuns({
      olderThan: now - MIN_AGE_MS,
      limit: LIMIT,
    });
    const facts = new Map(runs.map(run => [run.id, this.workerOf(run)]));
    const located = await locateSome(
      runs.filter(run => engineMatters(run, facts.get(run.id)!)),
      engines,
      this.lastLocated,
    );
    this.lastLocated = located.last;

    const lost: ActiveRun[] = [];
    for (const run of runs) {
      const worker = facts.get(run.id)!;
      const where = located.facts.get(run.id);
      if (!where && engineMatters(run, worker)) continue; // asked in a later look
      const reason = looksLost(run, worker, where ?? 'unasked');
      const stream = streamOf(run.record.job);
      if (this.isLost(run, reason, stream, now)) lost.push(run);
    }
    this.deleteEnded(runs);
    await this.declareLost(lost, now);
  }

  private workerOf(run: ActiveRun): WorkerFact {
    const { workers } = this.options;
    if (workers.isRunning(run.id)) return 'alive';
    if (run.workerId === undefined) return 'unknown';
    const worker = workers.get(run.workerId);
    if (!worker) return 'gone';
    return worker.reportsRuns ? 'denies' : 'alive';
  }

  /**
   * Whether a run is lost: it has looked so for long enough, and no report is outstanding that
   * could show the contrary.
   */
  private isLost(
    run: ActiveRun,
    reason: LostReason | undefined,
    stream: StreamState,
    now: number,
  ): boolean {
    if (!reason) {
      this.missing.delete(key(run));
      return false;
    }
    const known = this.missing.get(key(run));
    if (known?.reason !== reason) {
      this.missing.set(key(run), {
        reason,
        since: now,
        mark: stream.lastId,
      });
      return false;
    }
    // Redis was emptied: ids begin anew
    if (compareIds(stream.lastId, known.mark) < 0) known.mark = stream.lastId;
    const after = this.options.lostAfterMs ?? LOST_AFTER_MS;
    return now - known.since >= after[reason] && stream.isRecorded(known.mark);
  }

  private async declareLost(runs: ActiveRun[], now: number) {
    if (runs.length === 0) return;
    const { recorder, logger, onApplied } = this.options;
    const records: RunRecord[] = [];
    for (const run of runs) records.push(await this.lostRecord(run, now));
    const { batches } = await recordSafely(recorder, records);
    for (const batch of batches) {
      for (const { id, error } of batch.applied) {
        logger.warn(`Run ${id} is lost: ${error?.message}`);
      }
      await onApplied(batch);
    }
    for (const run of runs) this.missing.delete(key(run));
  }

  private async lostRecord(run: ActiveRun, now: number): Promise<RunRecord> {
    const { reason } = this.missing.get(key(run))!;
    const gone = run.workerId
      ? this.options.workers.lastKnown(run.workerId)
      : undefined;
    const at = iso(now);
    return {
      ...run.record,
      state: 'lost',
      at,
      endedAt: gone ? iso(gone.lastSeenAt) : at,
      error: {
        name: run.status === 'queued' ? 'RequestLost' : 'WorkerLost',
        message: explain(reason, run, gone),
      },
      log: (await this.tailOf(run.id)) ?? run.record.log,
    };
  }

  /**
   * The worker cannot send the end of its log any more, so the record gets what Redis has of it.
   */
  private async tailOf(runId: string): Promise<LogTail | undefined> {
    const tail = LOG_LIMITS.tailLines;
    const log = await this.options.logReader
      .read(runId, { tail, limit: tail })
      .catch(() => undefined);
    if (!log) return undefined;
    let room: number = LOG_LIMITS.tailBytes;
    const lines = log.lines.reverse().filter(line => {
      room -= Buffer.byteLength(line.text);
      return room >= 0;
    });
    return { lines: lines.reverse(), totalLines: log.totalLines };
  }

  private deleteEnded(runs: ActiveRun[]) {
    const active = new Set(runs.map(key));
    for (const known of this.missing.keys()) {
      if (!active.has(known)) this.missing.delete(known);
    }
  }
}

/** A run in one of its states: in another state it is looked at anew. */
function key(run: ActiveRun): string {
  return `${run.id} ${run.attempt} ${run.status}`;
}
