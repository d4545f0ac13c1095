import { setTimeout as delay } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type { RecordedBatch, Recorder } from '../../jobs/ports';
import { isUnavailable } from '../loop';
import { decodeRecord, type Decoded, type StreamEntry } from './decodeRecord';
import { recordSafely } from './recordSafely';
import type { RunStream } from './RunStream';
import { Suspects } from './Suspects';

export interface RunConsumerOptions<R = RunRecord, B = RecordedBatch> {
  stream: RunStream;
  recorder: Recorder<R, B>;
  logger: LoggerService;
  /** After the commit, before the acknowledgement. What it throws is logged. */
  onApplied(batch: B): void | Promise<void>;
  /** how an entry is read; default: as a run's record */
  decode?(fields: string[]): Decoded<R>;
  timings: RunConsumerTimings;
}

export interface RunConsumerTimings {
  /** how long a read waits for the first entry */
  blockMs: number;
  /** most records of a batch */
  batchSize: number;
  /** what another consumer has not acknowledged for this long is taken over */
  abandonedAfterMs: number;
  /** how often it is looked for */
  claimEveryMs: number;
}

export const RUN_CONSUMER_TIMINGS: RunConsumerTimings = {
  blockMs: 1000,
  batchSize: 2000,
  abandonedAfterMs: 15_000,
  claimEveryMs: 5_000,
};

/** Text of a batch that is not exceeded much, whatever its records weigh. */
const BATCH_TEXT = 16 * 1024 * 1024;
/** While a batch cannot be written, it grows up to this; more is not read. */
const HELD_MAX = 100;
const MAX_PAUSE_MS = 5000;

/**
 * Reads reports and records them: at least once from the stream, exactly once in the database. An
 * entry is acknowledged after its commit, so wherever this process is killed, what it had read is
 * read again, by itself (after a lost connection) or by another replica; and what is recorded twice
 * is no news.
 */
export class RunConsumer<R = RunRecord, B = RecordedBatch> {
  /** entries that were not readable, since this process began */
  rejected = 0;
  private held: StreamEntry[] = [];
  private nextCount: number;
  private lastClaim = 0;
  /** entries of our own may be left over from before an error */
  private replay = true;
  private groupKnown = false;
  private readonly suspects: Suspects<R, B>;
  private readonly decode: (fields: string[]) => Decoded<R>;

  constructor(private readonly options: RunConsumerOptions<R, B>) {
    this.decode =
      options.decode ?? (decodeRecord as (fields: string[]) => Decoded<R>);
    this.nextCount = options.timings.batchSize;
    this.suspects = new Suspects(options.recorder);
  }

  /** Consumes until the signal aborts; the batch under way is finished first. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.round();
        failures = 0;
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        this.told(error, failures);
        const ms = Math.min(100 * 2 ** failures, MAX_PAUSE_MS);
        await delay(ms, undefined, { signal }).catch(() => {});
      }
    }
    await this.options.stream.leave().catch(() => {});
  }

  private told(error: unknown, failures: number) {
    if (String(error).includes('NOGROUP')) {
      // Redis was emptied, or the group was destroyed
      this.groupKnown = false;
      return;
    }
    this.replay = true;
    const unavailable = isUnavailable(error);
    const rare = failures === 1 || failures % 20 === 0;
    this.options.logger[unavailable || !rare ? 'debug' : 'error'](
      `Recording what workers report failed; it is tried again: ${error}`,
    );
  }

  private async round(): Promise<void> {
    const { stream, timings } = this.options;
    if (!this.groupKnown) {
      await stream.ensureGroup();
      this.groupKnown = true;
    }
    if (Date.now() - this.lastClaim >= timings.claimEveryMs) {
      this.lastClaim = Date.now();
      const { abandonedAfterMs, batchSize } = timings;
      await this.handle(
        await stream.claimAbandoned(abandonedAfterMs, batchSize),
      );
    }
    await this.settleSuspects();
    await this.handle(await this.next());
  }

  private async next(): Promise<StreamEntry[]> {
    const { stream, timings } = this.options;
    if (this.held.length > 0) {
      // what could not be written is tried again together with news, which tells a bad record from
      // an absent database
      const news =
        this.held.length < HELD_MAX ? await stream.readNew(HELD_MAX, 1) : [];
      const entries = [...this.held, ...news];
      this.held = [];
      return entries;
    }
    if (this.replay) {
      const own = await stream.readOwn(this.nextCount);
      const left = own.filter(([id]) => !this.suspects.has(id));
      if (left.length > 0) return left;
      this.replay = false;
    }
    const block = this.suspects.size > 0 ? 100 : timings.blockMs;
    return stream.readNew(this.nextCount, block);
  }

  private async handle(entries: StreamEntry[]): Promise<void> {
    if (entries.length === 0) return;
    try {
      await this.record(entries);
    } catch (error) {
      this.held = entries.slice(0, this.options.timings.batchSize + HELD_MAX);
      throw error;
    }
  }

  private async record(entries: StreamEntry[]): Promise<void> {
    const records: R[] = [];
    const idsOf = new Map<R, string>();
    const unreadable: Array<{ id: string; why: string; text: string }> = [];
    let text = 0;
    for (const [id, fields] of entries) {
      if (!fields) continue; // deleted meanwhile; only to be acknowledged
      text += fields[1]?.length ?? 0;
      const decoded = this.decode(fields);
      if ('record' in decoded) {
        records.push(decoded.record);
        idsOf.set(decoded.record, id);
      } else {
        unreadable.push({ id, why: decoded.why, text: fields.join(' ') });
      }
    }
    this.adaptCount(entries.length, text);

    const { batches, suspects } = await recordSafely(
      this.options.recorder,
      records,
    );
    const suspected = new Set<string>();
    for (const { record, error } of suspects) {
      const id = idsOf.get(record)!;
      suspected.add(id);
      this.suspects.add(id, record, error);
    }
    const good = records.findLast(r => !suspected.has(idsOf.get(r)!));
    if (good) this.suspects.probe = good;
    for (const batch of batches) await this.applied(batch);
    await this.reject(unreadable);
    await this.options.stream.acknowledge(
      entries.map(([id]) => id).filter(id => !suspected.has(id)),
    );
  }

  /** Tries again, one by one, what the database refused; what it goes on refusing is put aside. */
  private async settleSuspects(): Promise<void> {
    if (this.suspects.size === 0) return;
    const { recorded, refused } = await this.suspects.settle();
    for (const { batch } of recorded) await this.applied(batch);
    await this.reject(
      refused.map(({ id, record, why }) => ({
        id,
        why,
        text: JSON.stringify(record),
      })),
    );
    await this.options.stream.acknowledge(
      [...recorded, ...refused].map(({ id }) => id),
    );
    this.suspects.forget([...recorded, ...refused].map(({ id }) => id));
  }

  private async applied(batch: B) {
    try {
      await this.options.onApplied(batch);
    } catch (error) {
      this.options.logger.error(`After recording a batch: ${error}`);
    }
  }

  private async reject(
    entries: Array<{ id: string; why: string; text: string }>,
  ) {
    if (entries.length === 0) return;
    await this.options.stream.reject(entries);
    this.rejected += entries.length;
    const [{ id, why }] = entries;
    this.options.logger.warn(
      `${entries.length} reports of workers could not be recorded; kept in the stream of rejected ones. First: entry ${id}, ${why}`,
    );
  }

  /** Heavy records (long log tails) come in smaller batches. */
  private adaptCount(entries: number, text: number) {
    const fitting = Math.floor(BATCH_TEXT / Math.max(1, text / entries));
    const { batchSize } = this.options.timings;
    this.nextCount = Math.min(batchSize, Math.max(50, fitting));
  }
}
