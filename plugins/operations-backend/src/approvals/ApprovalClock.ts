import type { Knex } from 'knex';
import type { AuditStore } from '../audit/AuditStore';
import { doneEntry } from '../audit/entryRows';
import { DAY_MS } from '../lib/time';
import type { ApprovalStore } from './ApprovalStore';
import { askedOf } from './words';

/** An approved action that has not ended after this long was interrupted by a crash. */
const CUT_OFF_MS = 10 * 60_000;
/** How long an ended approval can be read; the audit trail keeps its entry for ever. */
const KEEP_MS = 90 * DAY_MS;

/**
 * Records which approvals timed out. Decisions do not depend on it: they compare the clock
 * themselves.
 */
export class ApprovalClock {
  constructor(
    private readonly options: {
      knex: Knex;
      store: ApprovalStore;
      audit: Pick<AuditStore, 'appendIn'>;
      onChanged(): void;
      now(): number;
    },
  ) {}

  async tick(): Promise<void> {
    const { knex, store, audit } = this.options;
    const now = this.options.now();
    const ended = await knex.transaction(async trx => {
      const rows = await store.timeOut(trx, now);
      const entries = rows.flatMap(row => {
        const target = `approval:${row.id}`;
        const { jobId, tenant } = row;
        return doneEntry(
          {
            at: now,
            actor: 'service:operations',
            action: 'approval.time-out',
            target,
            jobId,
            tenant,
            reason: 'Nobody approved it in time',
            parameters: askedOf(row),
          },
          { state: 'timed-out' },
        );
      });
      await audit.appendIn(trx, entries);
      return rows.length;
    });
    const cutOff = await store.giveUp(now - CUT_OFF_MS);
    await store.prune(now - KEEP_MS);
    if (ended || cutOff) this.options.onChanged();
  }
}
