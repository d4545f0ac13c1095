import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  LOG_LIMITS,
  type LogTail,
  type RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobEngine } from '@craft-easy/backstage-plugin-operations-node';
import type {
  ActiveRun,
  JobRegistry,
  LogReader,
  RecordedBatch,
  RunRecorder,
} from '../../jobs/ports';
import type { WorkerDirectory } from '../registry/WorkerDirectory';
import { recordSafely } from '../runs/recordSafely';
import { compareIds, type StreamState } from '../runs/RunStream';
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

interface Suspicion {
  reason: LostReason;
  since: number;
  /**
   * newest report at that time: it and all before it must be in the database first, the ending
   * might be among them
   */
  mark: string;
}

/** Runs looked at in one go, oldest first. */
const LIMIT = 5_000;
/** A run younger than this is nobody's concern yet. */
const MIN_AGE_MS = 5_000;

/**
 * Ends, as `lost`, runs that nobody is executing any more. Called now and then, by one replica.
 * Nothing is concluded from a single look, nor from a look while Redis is away or has just come
 * back: see {@link LostRuns.forget}.
 */
export class LostRuns {
  private readonly suspicions = new Map<string, Suspicion>();
  private lastLocated = '';

  constructor(private readonly options: LostRunsOptions) {}

  /** Starts over: what was seen before an outage says nothing. */
  forget() {
    this.suspicions.clear();
  }

  async look(stream: StreamState): Promise<void> {
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
      if (!where && engineMatters(run, worker)) continue; // its turn comes
      const reason = looksLost(run, worker, where ?? 'unasked');
      if (this.suspect(run, reason, stream, now)) lost.push(run);
    }
    this.forgetEnded(runs);
    await this.declareLost(lost, now);
  }

  private workerOf(run: ActiveRun): WorkerFact {
    const { workers } = this.options;
    if (workers.isRunning(run.id)) return 'alive';
    if (run.workerId === undefined) return 'unknown';
    const worker = workers.get(run.workerId);
    if (!worker) return 'gone';
    return worker.tellsRuns ? 'denies' : 'alive';
  }

  /**
   * Notes the suspicion; true once it has stood long enough and no report that could clear it is
   * outstanding.
   */
  private suspect(
    run: ActiveRun,
    reason: LostReason | undefined,
    stream: StreamState,
    now: number,
  ): boolean {
    if (!reason) {
      this.suspicions.delete(key(run));
      return false;
    }
    const known = this.suspicions.get(key(run));
    if (known?.reason !== reason) {
      this.suspicions.set(key(run), {
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
    for (const run of runs) this.suspicions.delete(key(run));
  }

  private async lostRecord(run: ActiveRun, now: number): Promise<RunRecord> {
    const { reason } = this.suspicions.get(key(run))!;
    const gone = run.workerId
      ? this.options.workers.lastKnown(run.workerId)
      : undefined;
    const at = new Date(now).toISOString();
    return {
      ...run.record,
      state: 'lost',
      at,
      endedAt: gone ? new Date(gone.lastSeenAt).toISOString() : at,
      error: {
        name: run.status === 'queued' ? 'RequestLost' : 'WorkerLost',
        message: explain(reason, run, gone),
      },
      log: (await this.tailOf(run.id)) ?? run.record.log,
    };
  }

  /**
   * The worker cannot send the end of its log any more; what Redis has of it outlives Redis in the
   * record.
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

  private forgetEnded(runs: ActiveRun[]) {
    const active = new Set(runs.map(key));
    for (const known of this.suspicions.keys()) {
      if (!active.has(known)) this.suspicions.delete(known);
    }
  }
}

/** A run in one of its states: a suspicion ends with the state. */
function key(run: ActiveRun): string {
  return `${run.id} ${run.attempt} ${run.status}`;
}
