import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { AuditStore } from '../audit/AuditStore';
import { outcomeOf } from '../audit/auditedAction';
import { DAY_MS } from '../lib/time';
import { hrefOf } from './ApprovalGate';
import type { ApprovalStore } from './ApprovalStore';

/** No action takes longer to begin. */
const CUT_OFF_MS = 10 * 60_000;
/** So long an approval can be looked at after it is over; the trail keeps it for ever. */
const KEEP_MS = 90 * DAY_MS;

/** Notes what the clock ended. Nothing depends on it: what is over cannot be approved, noted or not. */
export class ApprovalClock {
  constructor(
    private readonly deps: {
      knex: Knex;
      store: ApprovalStore;
      audit: Pick<AuditStore, 'appendIn'>;
      onChanged(): void;
      now(): number;
    },
  ) {}

  async tick(): Promise<void> {
    const { knex, store, audit } = this.deps;
    const now = this.deps.now();
    const ended = await knex.transaction(async trx => {
      const rows = await store.timeOut(trx, now);
      const told = rows.flatMap(row => {
        const intent = {
          entryId: randomUUID(),
          kind: 'intent' as const,
          at: now,
          actor: 'service:operations',
          action: 'approval.time-out',
          target: `approval:${row.id}`,
          href: hrefOf(row.id),
          jobId: row.job_id ?? undefined,
          tenant: row.tenant ?? undefined,
          reason: 'Nobody approved it in time',
          parameters: {
            ...{ action: row.action, target: row.target },
            requestedBy: row.requested_by,
          },
        };
        return [
          intent,
          outcomeOf(intent, 'succeeded', now, {
            after: { state: 'timed-out' },
          }),
        ];
      });
      await audit.appendIn(trx, told);
      return rows.length;
    });
    const cutOff = await store.giveUp(now - CUT_OFF_MS);
    await store.forget(now - KEEP_MS);
    if (ended || cutOff) this.deps.onChanged();
  }
}
