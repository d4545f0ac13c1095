import type { LoggerService } from '@backstage/backend-plugin-api';
import type { AuditVerification } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Knex } from 'knex';
import { DAY_MS, iso } from '../lib/time';
import type { AuditStore } from './AuditStore';
import { doneEntry } from './entryRows';
import type { CheckpointKeys } from './checkpoints/CheckpointKeys';
import type { CheckpointService } from './checkpoints/CheckpointService';
import type { CheckpointStore } from './checkpoints/CheckpointStore';

/** Rows are deleted in small batches, so that appends do not wait for long. */
const BATCH = 1_000;

/**
 * Deletes rows that are older than the retention, up to the newest checkpoint of that age. A
 * signed checkpoint of kind `start` takes their place, so that nobody else can pass off a cut
 * trail as a pruned one. A trail that is not intact is evidence and is left unchanged.
 */
export class AuditRetention {
  constructor(
    private readonly options: {
      knex: Knex;
      days: number;
      audit: Pick<AuditStore, 'appendIn'>;
      keys: CheckpointKeys;
      store: CheckpointStore;
      checkpoints: CheckpointService;
      verify(): Promise<AuditVerification>;
      logger: LoggerService;
      now?: () => number;
    },
  ) {}

  /** @returns how many rows were deleted. Several replicas may call it at once. */
  async apply(signal?: AbortSignal): Promise<number> {
    const { store, logger } = this.options;
    const until = iso(this.now() - this.options.days * DAY_MS);
    const [newest, start] = await Promise.all([
      store.newestHead(until),
      store.start(),
    ]);
    if (newest && newest.sequence > (start?.sequence ?? 0)) {
      const verification = await this.options.verify();
      if (!verification.whole) {
        logger.error(
          `The audit trail is not pruned, since it is not whole: row ${verification.brokenAt?.sequence}: ${verification.brokenAt?.why}`,
        );
        return 0;
      }
      await this.beginAfter(newest.sequence, newest.hash);
    }
    return this.deleteUpTo((await store.start())?.sequence ?? 0, signal);
  }

  private async beginAfter(sequence: number, hash: string): Promise<void> {
    const { knex, keys, store, audit, checkpoints } = this.options;
    const start = keys.sign({ kind: 'start', sequence, hash }, this.now());
    const added = await knex.transaction(async trx => {
      if (!(await store.add(start, trx))) return false;
      const rows = doneEntry({
        at: this.now(),
        actor: 'service:operations',
        action: 'audit.prune',
        target: 'audit',
        reason: `Retention: rows are kept for ${this.options.days} days`,
        parameters: { start },
      });
      await audit.appendIn(trx, rows);
      return true;
    });
    if (added) await checkpoints.archive(start);
  }

  private async deleteUpTo(
    sequence: number,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const { knex } = this.options;
    let deleted = 0;
    while (sequence && !signal?.aborted) {
      const rows = knex('audit')
        .where('sequence', '<=', sequence)
        .orderBy('sequence')
        .limit(BATCH)
        .select('sequence');
      const n = await knex('audit').whereIn('sequence', rows).delete();
      if (!n) break;
      deleted += n;
    }
    await knex('audit_checkpoints').where('sequence', '<', sequence).delete();
    return deleted;
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}
