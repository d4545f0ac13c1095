import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import type { AuditVerification } from '@craft-easy/backstage-plugin-operations-common/internal';
import { inTurn } from '../lib/inTurn';
import type { AuditReader } from './AuditReader';
import type { Evidence } from './checkpoints/CheckpointComparison';
import type { CheckpointKeys } from './checkpoints/CheckpointKeys';
import type { CheckpointService } from './checkpoints/CheckpointService';
import type { CheckpointStore } from './checkpoints/CheckpointStore';
import type { TrailMemory } from './TrailMemory';
import { verifyTrail } from './verification';

/**
 * A full walk stays valid for this many times its duration, so that repeated requests use at most
 * a tenth of one processor.
 */
const WORTH = 10;
/** A walk that is as quick as this is always repeated from the beginning. */
const QUICK_MS = 500;

/** The last full walk that found the trail intact. */
interface Walk {
  answer: AuditVerification & { head: string };
  /** epoch ms; until then a new walk may continue from the end of this one */
  goodUntil: number;
}

/**
 * Verifies that the trail is intact. Each verification reads all rows, unless that takes long.
 * After a long walk, verifications read only the rows that are younger than it for a while, and
 * the answer says so (`continues`).
 */
export class TrailVerifier {
  private running: Promise<AuditVerification> | undefined;
  private readonly turn = inTurn();
  private last: Walk | undefined;

  constructor(
    private readonly options: {
      reader: Pick<AuditReader, 'rowsAfter' | 'head' | 'row'>;
      keys: CheckpointKeys;
      store: Pick<CheckpointStore, 'start'>;
      checkpoints: Pick<CheckpointService, 'known' | 'keptIn'>;
      /** absent: this process remembers nothing of the trail */
      memory?: Pick<TrailMemory, 'remembered'>;
      now?: () => number;
    },
  ) {}

  /** Concurrent callers share one walk. */
  verify(): Promise<AuditVerification> {
    this.running ??= this.look().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /**
   * Reads every row, whatever was verified before; one walk at a time.
   * @param given - checkpoints that somebody kept elsewhere: each must be valid and must match
   */
  verifyAll(given?: AuditCheckpoint[]): Promise<AuditVerification> {
    return this.turn(() => this.walk(given));
  }

  private async look(): Promise<AuditVerification> {
    const { last } = this;
    if (last && this.now() < last.goodUntil) {
      const { rows, checkedAt, head } = last.answer;
      const continued = await verifyTrail(
        this.options.reader,
        await this.evidence(),
        { ...last.answer, head },
      );
      // The break may be older than the last walk: only a full walk finds the first broken row.
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
      this.options.reader,
      await this.evidence(given),
    );
    const { whole, head } = answer;
    const ended = this.now();
    // A walk against given checkpoints counts those, which is no answer for the next caller.
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
    const { keys, store, checkpoints, memory } = this.options;
    return {
      keys,
      start: () => store.start(),
      // before the rows are read: they may only grow
      remembered: memory?.remembered,
      known: await checkpoints.known(),
      keptIn: checkpoints.keptIn,
      given,
    };
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}
