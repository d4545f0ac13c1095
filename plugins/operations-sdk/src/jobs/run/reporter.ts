import {
  RUNS_STREAM_MAX_LENGTH,
  type RedactText,
  type RunRecordInput,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { appendRecords } from '../redis/appendRecords';
import { runScript, type RedisClient } from '../redis/script';

const MAX_BATCH = 500;
/** How long news is gathered while there is a lot of it. */
const GATHER_MS = 2;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 2_000;

/** A run that can say what is known of it. */
export interface Reportable {
  readonly runId: string;
  /** The whole of what is known now. */
  toRecord(): RunRecordInput;
}

/** @internal */
export interface ReporterOptions {
  client: RedisClient;
  /** key of the runs stream */
  stream: string;
  /** takes secrets out of what a failed run tells */
  redact?: RedactText;
  onError: (error: Error) => void;
}

/**
 * Sends run records to the runs stream, in order, without making a run wait for it.
 *
 * A record says the whole of what is known, so a newer one of the same run takes the place of one that was not sent yet: of a run that
 * began and ended within one turn only its end is sent. While Redis is away records are kept (one per run) and tried again.
 */
export class RunReporter {
  /** Not sent yet, in order; by run id. */
  private pending = new Map<string, Reportable>();
  private sending = false;
  private scheduled = false;
  private closed = false;
  private sentAt = 0;
  private failures = 0;
  private retryTimer: NodeJS.Timeout | undefined;
  /** Wait for what is pending, and for what is being sent. */
  private waiters: Array<() => void> = [];
  private sendingWaiters: Array<() => void> = [];

  constructor(private readonly options: ReporterOptions) {}

  /** Reports a record as it is. */
  report(record: RunRecordInput): void {
    this.reportNews({ runId: record.id, toRecord: () => record });
  }

  /** Reports that there is news of a run; what it is, is asked when it is sent. */
  reportNews(run: Reportable): void {
    this.pending.set(run.runId, run);
    if (!this.scheduled && !this.sending && !this.retryTimer) {
      this.schedule();
    }
  }

  /** At the end of this turn; a moment later where something was sent just now, so that a stream of short runs travels in batches. */
  private schedule(): void {
    this.scheduled = true;
    const go = () => {
      this.scheduled = false;
      this.send();
    };
    if (Date.now() - this.sentAt < GATHER_MS) {
      setTimeout(go, GATHER_MS);
    } else {
      setImmediate(go);
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

  /** The log's lines are clean already: they were made so as they came. */
  private clean(record: RunRecordInput): RunRecordInput {
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
    if (this.pending.size === 0) {
      this.sendingWaiters = this.waiters;
      this.waiters = [];
    }
    const args: Array<string | number> = [RUNS_STREAM_MAX_LENGTH];
    for (const run of batch) {
      args.push(JSON.stringify(this.clean(run.toRecord())));
    }
    runScript(
      this.options.client,
      appendRecords,
      [this.options.stream],
      args,
    ).then(
      () => {
        this.sending = false;
        this.sentAt = Date.now();
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
        this.putBack(batch);
        this.waiters = this.sendingWaiters.concat(this.waiters);
        this.sendingWaiters = [];
        this.retryLater(error);
      },
    );
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

  /** In front of what came meanwhile; where that holds newer news of the run, the newer one goes. */
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
