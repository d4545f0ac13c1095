import type {
  AuditVerification,
  Sentence,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import type { AuditRow } from '../AuditStore';
import type { CheckpointKeys } from './CheckpointKeys';
import { sentence } from '../../lib/sentences';
import { brokenAt } from '../brokenAt';

type BrokenAt = NonNullable<AuditVerification['brokenAt']>;

/** What the trail is verified against, besides its own chain. */
export interface Evidence {
  keys: Pick<CheckpointKeys, 'verify'>;
  /** the checkpoint at which the trail begins after pruning */
  start(): Promise<AuditCheckpoint | undefined>;
  /** kept by the portal */
  known: AuditCheckpoint[];
  /** where they are kept outside of the database */
  keptIn: string[];
  /** the newest row that this process has seen */
  remembered?: { sequence: number; hash: string; since: string };
  /** checkpoints that somebody kept elsewhere: each must be valid */
  given?: AuditCheckpoint[];
}

/** Compares the rows of a walk with signed checkpoints. */
export class CheckpointComparison {
  /** the first given checkpoint that cannot be trusted */
  readonly problem: BrokenAt | undefined;
  readonly counts: NonNullable<AuditVerification['checkpoints']> = {
    matched: 0,
    pruned: 0,
    unknownKey: 0,
    keptIn: [],
  };
  private readonly waiting = new Map<number, AuditCheckpoint[]>();

  /**
   * @param start - the checkpoint at which the trail begins after pruning
   * @param before - an earlier walk, which is trusted for checkpoints up to its last row
   */
  constructor(
    evidence: Evidence,
    start: AuditCheckpoint | undefined,
    before?: AuditVerification,
  ) {
    Object.assign(this.counts, before?.checkpoints, {
      keptIn: evidence.keptIn,
    });
    const given = evidence.given ?? [];
    const isGiven = new Set(given);
    for (const one of distinct([...given, ...evidence.known])) {
      if (before && one.sequence <= before.rows) continue;
      const verdict = evidence.keys.verify(one);
      if (verdict === 'unknown key') this.counts.unknownKey += 1;
      if (verdict !== 'good') {
        // A bad checkpoint in the database or a file proves nothing; one that was given as proof
        // must be valid.
        if (isGiven.has(one)) this.problem ??= untrusted(one, verdict);
        continue;
      }
      if (start && one.sequence <= start.sequence) {
        if (one.sequence === start.sequence && one.hash !== start.hash) {
          this.problem ??= brokenAt(one.sequence, other(one));
        }
        this.counts.pruned += 1;
        continue;
      }
      const there = this.waiting.get(one.sequence) ?? [];
      this.waiting.set(one.sequence, [...there, one]);
    }
  }

  /** @returns how the row contradicts a checkpoint */
  lookAt(row: Pick<AuditRow, 'sequence' | 'hash'>): Sentence | undefined {
    const there = this.waiting.get(row.sequence);
    if (!there) return undefined;
    this.waiting.delete(row.sequence);
    const differs = there.find(one => one.hash !== row.hash);
    if (differs) return other(differs);
    this.counts.matched += there.length;
    for (const { at } of there) {
      const { newest } = this.counts;
      if (!newest || at > newest) this.counts.newest = at;
    }
    return undefined;
  }

  /** The checkpoint that covers more rows than the walk found. */
  unmet(): BrokenAt | undefined {
    const sequence = Math.max(0, ...this.waiting.keys());
    if (!sequence) return undefined;
    const [one] = this.waiting.get(sequence)!;
    return brokenAt(
      sequence,
      sentence('checkpoint-cut', { at: { at: one.at }, rows: sequence }),
    );
  }
}

function other(one: AuditCheckpoint): Sentence {
  return sentence('checkpoint-differs', { at: { at: one.at } });
}

/** Keeps the first of several checkpoints with the same signature. */
function distinct(checkpoints: AuditCheckpoint[]): AuditCheckpoint[] {
  const bySignature = new Map<string, AuditCheckpoint>();
  for (const one of checkpoints) {
    if (!bySignature.has(one.signature)) bySignature.set(one.signature, one);
  }
  return [...bySignature.values()];
}

function untrusted(one: AuditCheckpoint, verdict: string): BrokenAt {
  const at = { at: one.at };
  return brokenAt(
    one.sequence,
    verdict === 'bad'
      ? sentence('checkpoint-signature', { at })
      : sentence('checkpoint-no-key', { key: one.keyId, at }),
  );
}
