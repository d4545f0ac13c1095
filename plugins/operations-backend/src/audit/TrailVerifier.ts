import type {
  AuditCheckpoint,
  AuditVerification,
} from '@craft-easy/backstage-plugin-operations-common';
import type { AuditReader } from './AuditReader';
import type { CheckpointKeys } from './checkpoints/CheckpointKeys';
import type { CheckpointService } from './checkpoints/CheckpointService';
import type { CheckpointStore } from './checkpoints/CheckpointStore';
import { verifyTrail, type Evidence } from './verification';

/** A walk through all rows is worth so many times what it took: those who ask again and again cost a tenth of one processor at most. */
const WORTH = 10;
/** What is done as quickly as that is no burden, and is done anew. */
const QUICK_MS = 500;

/** The last walk through all rows that found the trail whole. */
interface Walk {
  answer: AuditVerification & { head: string };
  /** milliseconds; up to then its end is gone on from */
  goodUntil: number;
}

/**
 * Whether the trail is whole. All rows are looked at anew each time, unless that takes so long that asking often would be a burden: then, for a while,
 * only rows that are younger than the last walk, and the answer says so (`continues`).
 */
export class TrailVerifier {
  private running: Promise<AuditVerification> | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private last: Walk | undefined;

  constructor(
    private readonly deps: {
      reader: Pick<AuditReader, 'rowsAfter' | 'head'>;
      keys: CheckpointKeys;
      store: Pick<CheckpointStore, 'start'>;
      checkpoints: Pick<CheckpointService, 'known'>;
      now?: () => number;
    },
  ) {}

  /** Asked by several at once, it is looked at once. */
  verify(): Promise<AuditVerification> {
    this.running ??= this.look().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** Every row, whoever looked at it before; one walk at a time. @param given - checkpoints that somebody kept: each must be good, and fit */
  verifyAll(given?: AuditCheckpoint[]): Promise<AuditVerification> {
    const walk = this.queue.then(() => this.walk(given));
    this.queue = walk.catch(() => {});
    return walk;
  }

  private async look(): Promise<AuditVerification> {
    const { last } = this;
    if (last && this.now() < last.goodUntil) {
      const { rows, checkedAt, head } = last.answer;
      const continued = await verifyTrail(
        this.deps.reader,
        await this.evidence(),
        { ...last.answer, head },
      );
      // what is wrong now may have begun before: the first broken row is found from the beginning only
      if (continued.whole) {
        return { ...continued, continues: { sequence: rows, checkedAt } };
      }
      this.last = undefined;
    }
    return this.verifyAll();
  }

  private async walk(given?: AuditCheckpoint[]): Promise<AuditVerification> {
    const began = this.now();
    const answer = await verifyTrail(
      this.deps.reader,
      await this.evidence(given),
    );
    const { whole, head } = answer;
    const ended = this.now();
    // with checkpoints of somebody else it counts what they say: not what the next one asked for
    if (!given) {
      this.last =
        whole && head && ended - began > QUICK_MS
          ? {
              answer: { ...answer, head },
              goodUntil: ended + WORTH * (ended - began),
            }
          : undefined;
    }
    return answer;
  }

  private async evidence(given?: AuditCheckpoint[]): Promise<Evidence> {
    const { keys, store, checkpoints } = this.deps;
    return {
      keys,
      start: () => store.start(),
      known: await checkpoints.known(),
      given,
    };
  }

  private now(): number {
    return this.deps.now?.() ?? Date.now();
  }
}
