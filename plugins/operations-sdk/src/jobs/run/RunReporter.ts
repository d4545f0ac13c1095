import {
  RUNS_STREAM_MAX_LENGTH,
  type RedactText,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RunRecordInput } from '@craft-easy/backstage-plugin-operations-protocol';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { executeScript } from '../../redis/script';
import { appendRecords } from '../scripts';
import { RecentReports, type SentReport } from './RecentReports';

const MAX_BATCH = 500;
/** How long records are collected while many arrive. */
const COLLECT_MS = 2;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 2_000;

/** A run whose record can be made at any time. */
export interface Reportable {
  readonly runId: string;
  /** All that is known now. */
  toRecord(): RunRecordInput;
}

/** @internal */
export interface ReporterOptions {
  client: RedisClient;
  /** Key of the stream for the runs of a job. */
  streamOf: (job: string) => string;
  /** Takes secrets out of the error of a failed run. */
  redact?: RedactText;
  onError: (error: Error) => void;
}

/**
 * Sends run records to the streams of their jobs, in order, without making a run wait for it.
 *
 * A record holds all that is known of its run, so a newer one replaces one that was not sent yet:
 * of a run that began and ended within one turn of the event loop only the end is sent. While Redis
 * is away, records are kept (one per run) and sent later.
 */
export class RunReporter {
  /** Runs with a record to send, in order, by id. */
  private pending = new Map<string, Reportable>();
  private readonly recent = new RecentReports();
  /** The batch on its way to Redis, while `sending`. */
  private inFlight: Reportable[] = [];
  private sending = false;
  private scheduled = false;
  private closed = false;
  private sentAt = 0;
  private failures = 0;
  private retryTimer: NodeJS.Timeout | undefined;
  /** `waiters` wait for what is pending, `sendingWaiters` for what is being sent. */
  private waiters: Array<() => void> = [];
  private sendingWaiters: Array<() => void> = [];

  constructor(private readonly options: ReporterOptions) {}

  /** Reports a record as it is. */
  report(record: RunRecordInput): void {
    this.reportChange({ runId: record.id, toRecord: () => record });
  }

  /** Reports that a run changed; its record is made when it is sent. */
  reportChange(run: Reportable): void {
    this.pending.set(run.runId, run);
    this.sendSoon();
  }

  /**
   * Reports the runs of the last two minutes again, since Redis may have lost what it had taken.
   * The portal keeps the highest record of each run, so what it has got already changes nothing.
   */
  reportAgain(): void {
    const sentBefore = this.recent.all().map(({ runId, json }) => ({
      runId,
      toRecord: (): RunRecordInput => JSON.parse(json),
    }));
    // what is on its way is newer than what was sent before, and may be lost as well
    for (const run of [...this.inFlight, ...sentBefore]) {
      if (!this.pending.has(run.runId)) this.pending.set(run.runId, run);
    }
    if (this.pending.size > 0) this.sendSoon();
  }

  private sendSoon(): void {
    if (!this.scheduled && !this.sending && !this.retryTimer) {
      this.schedule();
    }
  }

  /**
   * Sends at the end of this turn of the event loop; a moment later where records were sent just
   * now, so that the records of many short runs travel in batches.
   */
  private schedule(): void {
    this.scheduled = true;
    const start = () => {
      this.scheduled = false;
      this.send();
    };
    if (performance.now() - this.sentAt < COLLECT_MS) {
      setTimeout(start, COLLECT_MS);
    } else {
      setImmediate(start);
    }
  }

  /** Resolves when all that was reported so far is in the stream. */
  async flushed(): Promise<void> {
    if (this.closed || (this.pending.size === 0 && !this.sending)) {
      return;
    }
    await new Promise<void>(resolve => {
      if (this.pending.size === 0) {
        this.sendingWaiters.push(resolve);
        return;
      }
      this.waiters.push(resolve);
      this.send();
    });
  }

  /** Gives up what could not be sent. */
  close(): void {
    this.closed = true;
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.waiters.concat(this.sendingWaiters).forEach(resolve => resolve());
  }

  /** Redacts the error; the log's lines were redacted when they were written. */
  private redacted(record: RunRecordInput): RunRecordInput {
    const { redact } = this.options;
    const { error } = record;
    if (!redact || !error) return record;
    return {
      ...record,
      error: {
        ...error,
        message: redact(error.message),
        ...(error.stack && { stack: redact(error.stack) }),
      },
    };
  }

  private send(): void {
    if (this.sending || this.retryTimer || this.closed) {
      return;
    }
    const batch = this.takeBatch();
    if (batch.length === 0) {
      return;
    }
    this.sending = true;
    this.inFlight = batch;
    if (this.pending.size === 0) {
      this.sendingWaiters = this.waiters;
      this.waiters = [];
    }
    this.append(batch).then(
      sent => {
        this.sending = false;
        this.inFlight = [];
        this.recent.add(sent);
        this.sentAt = performance.now();
        this.failures = 0;
        const waiters = this.sendingWaiters;
        this.sendingWaiters = [];
        waiters.forEach(resolve => resolve());
        if (this.waiters.length > 0 || this.pending.size >= MAX_BATCH) {
          this.send();
        } else if (this.pending.size > 0 && !this.scheduled) {
          this.schedule();
        }
      },
      (error: Error) => {
        this.sending = false;
        this.inFlight = [];
        // those that did arrive may be sent again: the portal keeps the highest record
        this.putBack(batch);
        this.waiters = this.sendingWaiters.concat(this.waiters);
        this.sendingWaiters = [];
        this.retryLater(error);
      },
    );
  }

  /** Appends the records of a batch, in one step for each stream. */
  private async append(batch: Reportable[]): Promise<SentReport[]> {
    const { client, streamOf } = this.options;
    const at = performance.now();
    const byStream = new Map<string, string[]>();
    const reports = batch.map(run => {
      const record = this.redacted(run.toRecord());
      const json = JSON.stringify(record);
      const stream = streamOf(record.job);
      const records = byStream.get(stream);
      if (records) records.push(json);
      else byStream.set(stream, [json]);
      return { runId: run.runId, json, at };
    });
    await Promise.all(
      [...byStream].map(([stream, records]) =>
        executeScript(
          client,
          appendRecords,
          [stream],
          [RUNS_STREAM_MAX_LENGTH, ...records],
        ),
      ),
    );
    return reports;
  }

  private takeBatch(): Reportable[] {
    if (this.pending.size <= MAX_BATCH) {
      const all = [...this.pending.values()];
      this.pending.clear();
      return all;
    }
    const batch: Reportable[] = [];
    for (const [id, run] of this.pending) {
      batch.push(run);
      this.pending.delete(id);
      if (batch.length === MAX_BATCH) {
        break;
      }
    }
    return batch;
  }

  /** Before what came meanwhile; a run that changed meanwhile keeps its newer record. */
  private putBack(batch: Reportable[]): void {
    const rest = this.pending;
    this.pending = new Map();
    for (const run of batch) {
      this.pending.set(run.runId, rest.get(run.runId) ?? run);
      rest.delete(run.runId);
    }
    for (const [id, run] of rest) {
      this.pending.set(id, run);
    }
  }

  private retryLater(error: Error): void {
    if (this.closed) {
      return;
    }
    this.options.onError(error);
    const delay = Math.min(RETRY_MIN_MS * 2 ** this.failures, RETRY_MAX_MS);
    this.failures += 1;
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      this.send();
    }, delay);
  }
}
