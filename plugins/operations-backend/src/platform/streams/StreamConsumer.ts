/**
 * Reads reports of workers from a stream and records them: at least once from the stream, exactly
 * once in the database.
 *
 * - An entry is acknowledged after its commit. Wherever this process is killed, what it had read is
 *   read again: by itself after a lost connection, or by another replica, which takes over entries
 *   that were not acknowledged for a while. The recorder recognises what it has recorded before.
 * - While a full batch is written, the next one is read and understood: behind a busy worker the
 *   database and this process work at the same time.
 * - An entry that cannot be read is copied to the stream of rejected ones and acknowledged.
 * - A batch that the database refuses is split until the refused records are found ({@link
 *   recordSafely}). These are tried again one by one ({@link RefusedRecords}) before they are
 *   rejected. If nothing at all can be written, the database is away: the batch is held, a few new
 *   entries join it, and nothing more is read.
 */
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Recorder } from '../../jobs/ports';
import { startLoop } from '../loop';
import type { Decoded, StreamEntry } from './decode';
import { recordSafely } from './recordSafely';
import { RefusedRecords } from './RefusedRecords';
import type { ReportStream } from './ReportStream';

export interface StreamConsumerOptions<R, B> {
  stream: ReportStream;
  recorder: Recorder<R, B>;
  logger: LoggerService;
  /** Called after the commit, before the acknowledgement. What it throws is logged. */
  onApplied(batch: B): void | Promise<void>;
  decode(fields: string[]): Decoded<R>;
  timings: StreamConsumerTimings;
}

export interface StreamConsumerTimings {
  /** how long a read waits for the first entry */
  blockMs: number;
  /** most records of a batch */
  batchSize: number;
  /** what another consumer has not acknowledged for this long is taken over */
  abandonedAfterMs: number;
  /** how often abandoned entries are looked for */
  claimEveryMs: number;
}

export const STREAM_CONSUMER_TIMINGS: StreamConsumerTimings = {
  blockMs: 1000,
  batchSize: 2000,
  abandonedAfterMs: 15_000,
  claimEveryMs: 5_000,
};

/** The text of a batch exceeds this little, whatever its records weigh. */
const BATCH_TEXT = 16 * 1024 * 1024;
/** A batch that cannot be written grows up to this; more is not read. */
const HELD_MAX = 100;

interface Rejected {
  id: string;
  why: string;
  text: string;
}

/** Entries, and what they say. */
interface Read<R> {
  entries: StreamEntry[];
  records: R[];
  idsOf: ReadonlyMap<R, string>;
  unreadable: Rejected[];
}

export class StreamConsumer<R, B> {
  /** entries that could not be recorded, since this process began */
  rejected = 0;
  private held: StreamEntry[] = [];
  /** what is read while a batch is written */
  private ahead: Promise<Read<R>> | undefined;
  private nextCount: number;
  private lastClaim = 0;
  /** whether this consumer may have entries left over from before an error */
  private replay = true;
  private groupKnown = false;
  private readonly refused: RefusedRecords<R, B>;

  constructor(private readonly options: StreamConsumerOptions<R, B>) {
    this.nextCount = options.timings.batchSize;
    this.refused = new RefusedRecords(options.recorder);
  }

  /** Consumes until the signal aborts; the batch under way is finished first. */
  async start(signal: AbortSignal): Promise<void> {
    const { logger, stream } = this.options;
    await startLoop({
      name: 'Recording what workers report',
      pauseMs: 0,
      signal,
      logger,
      work: () => this.round(),
    }).done;
    await this.finishAhead();
    await stream.leave().catch(() => {});
  }

  private async round(): Promise<void> {
    try {
      await this.consume();
    } catch (error) {
      // what was read ahead is among the entries that this consumer reads again
      this.ahead = undefined;
      if (!String(error).includes('NOGROUP')) {
        this.replay = true;
        throw error;
      }
      // Redis was emptied, or the group was destroyed
      this.groupKnown = false;
    }
  }

  private async consume(): Promise<void> {
    const { stream, timings } = this.options;
    if (!this.groupKnown) {
      await stream.ensureGroup();
      this.groupKnown = true;
    }
    if (Date.now() - this.lastClaim >= timings.claimEveryMs) {
      this.lastClaim = Date.now();
      const { abandonedAfterMs, batchSize } = timings;
      const entries = await stream.claimAbandoned(abandonedAfterMs, batchSize);
      await this.handle(this.understand(entries));
    }
    await this.settleRefused();
    // Behind a batch that cannot be written, or what is left of one, nothing more is read.
    const wasHeld = this.held.length > 0;
    const read = await this.next();
    const isFull = read.entries.length >= this.nextCount;
    if (isFull && !wasHeld && !this.replay) this.readAhead();
    await this.handle(read);
  }

  private readAhead(): void {
    this.ahead = this.options.stream
      .readNew(this.nextCount, 0)
      .then(entries => this.understand(entries));
    this.ahead.catch(() => {}); // whoever asks for it gets the error
  }

  /** Records what was read already, so that no other replica has to wait for it. */
  private async finishAhead(): Promise<void> {
    try {
      if (this.ahead) await this.handle(await this.ahead);
    } catch {
      // another replica takes it over
    }
  }

  private async next(): Promise<Read<R>> {
    const { ahead } = this;
    this.ahead = undefined;
    const read = await ahead;
    if (read?.entries.length) return read;
    return this.understand(await this.nextEntries());
  }

  private async nextEntries(): Promise<StreamEntry[]> {
    const { stream, timings } = this.options;
    if (this.held.length > 0) {
      // New entries join: they tell a bad record from a database that is away.
      const added =
        this.held.length < HELD_MAX ? await stream.readNew(HELD_MAX, 1) : [];
      const entries = [...this.held, ...added];
      this.held = [];
      return entries;
    }
    if (this.replay) {
      const own = await stream.readOwn(this.nextCount);
      const left = own.filter(([id]) => !this.refused.has(id));
      if (left.length > 0) return left;
      this.replay = false;
    }
    const block = this.refused.size > 0 ? 100 : timings.blockMs;
    return stream.readNew(this.nextCount, block);
  }

  private async handle(read: Read<R>): Promise<void> {
    if (read.entries.length === 0) return;
    try {
      await this.record(read);
    } catch (error) {
      this.held = read.entries.slice(
        0,
        this.options.timings.batchSize + HELD_MAX,
      );
      throw error;
    }
  }

  private understand(entries: StreamEntry[]): Read<R> {
    const records: R[] = [];
    const idsOf = new Map<R, string>();
    const unreadable: Rejected[] = [];
    let text = 0;
    for (const [id, fields] of entries) {
      if (!fields) continue; // deleted meanwhile: to be acknowledged, no more
      text += fields[1]?.length ?? 0;
      const decoded = this.options.decode(fields);
      if ('record' in decoded) {
        records.push(decoded.record);
        idsOf.set(decoded.record, id);
      } else {
        unreadable.push({ id, why: decoded.why, text: fields.join(' ') });
      }
    }
    if (entries.length > 0) this.adaptCount(entries.length, text);
    return { entries, records, idsOf, unreadable };
  }

  private async record(read: Read<R>): Promise<void> {
    const { entries, records, idsOf, unreadable } = read;
    const { batches, refused } = await recordSafely(
      this.options.recorder,
      records,
    );
    const refusedIds = new Set<string>();
    for (const { record, error } of refused) {
      const id = idsOf.get(record)!;
      refusedIds.add(id);
      this.refused.add(id, record, error);
    }
    const good = records.findLast(r => !refusedIds.has(idsOf.get(r)!));
    if (good) this.refused.probe = good;
    for (const batch of batches) await this.applied(batch);
    await this.reject(unreadable);
    await this.options.stream.acknowledge(
      entries.map(([id]) => id).filter(id => !refusedIds.has(id)),
    );
  }

  private async settleRefused(): Promise<void> {
    if (this.refused.size === 0) return;
    const { recorded, rejected } = await this.refused.retry();
    for (const { batch } of recorded) await this.applied(batch);
    await this.reject(
      rejected.map(({ id, record, why }) => ({
        id,
        why,
        text: JSON.stringify(record),
      })),
    );
    const settled = [...recorded, ...rejected].map(({ id }) => id);
    await this.options.stream.acknowledge(settled);
    this.refused.delete(settled);
  }

  private async applied(batch: B) {
    try {
      await this.options.onApplied(batch);
    } catch (error) {
      this.options.logger.error(`After recording a batch: ${error}`);
    }
  }

  private async reject(entries: Rejected[]) {
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
