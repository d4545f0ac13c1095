import type {
  ApprovalsQuery,
  ApprovalState,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { whereVisible } from '../audit/visibility';
import { decodeCursor, encodeCursor, pageOf } from '../lib/cursors';
import { int, whereAnyOf } from '../lib/sql';
import type { JobAccess } from '../permissions/JobAccess';

/** What is known of an approval when it is asked for. */
export interface NewApproval {
  id: string;
  action: string;
  target: string;
  href: string | null;
  job_id: string | null;
  tenant: string | null;
  reason: string;
  /** JSON, as the trail tells it */
  parameters: string | null;
  rule: string | null;
  /** as the trail names who asked */
  requested_by: string;
  on_behalf_of: string | null;
  /** entity reference of the person who asked */
  person: string;
  requested_at: number;
  expires_at: number;
  /** JSON: how it is asked for again, secrets included; gone once it is over */
  request: string | null;
  /** JSON: what the person was when he asked; gone once it is over */
  standing: string | null;
}

/** An approval as it is stored. */
export interface ApprovalRow extends NewApproval {
  state: ApprovalState;
  decided_by: string | null;
  decided_at: number | null;
  decision_reason: string | null;
  audit_id: string | null;
  error: string | null;
}

const OVER = { request: null, standing: null };

/** Knows the table of approvals. Each change of state happens once, whichever replica makes it. */
export class ApprovalStore {
  constructor(private readonly knex: Knex) {}

  async insert(row: NewApproval, trx: Knex): Promise<void> {
    await trx('approvals').insert({ ...row, state: 'waiting' });
  }

  async get(id: string): Promise<ApprovalRow | undefined> {
    const row = await this.knex('approvals').where({ id }).first();
    return row && toRow(row);
  }

  /** Newest first; those that the caller asked for, and those about what he may see. */
  async list(query: ApprovalsQuery, jobs: JobAccess, person: string) {
    const matching = () => {
      const found = this.knex('approvals').where(q => {
        q.where({ person });
        q.orWhere(visible =>
          whereVisible(this.knex, visible, jobs, 'approvals'),
        );
      });
      if (query.state) whereAnyOf(this.knex, found, 'state', query.state);
      return found;
    };
    const after = decodeCursor(query.cursor, 'approvals', ['number', 'string']);
    const found = matching()
      .orderBy([
        { column: 'requested_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(query.limit + 1);
    if (after) {
      found.where(q =>
        q
          .where('requested_at', '<', after[0])
          .orWhere(tie =>
            tie.where('requested_at', after[0]).where('id', '<', after[1]),
          ),
      );
    }
    const [rows, [{ count }]] = await Promise.all([
      found,
      matching().count('* as count'),
    ]);
    const page = pageOf(rows, query.limit, row =>
      encodeCursor('approvals', [int(row.requested_at), row.id]),
    );
    return {
      rows: page.rows.map(toRow),
      totalItems: int(count),
      nextCursor: page.nextCursor,
    };
  }

  /** Whether one may be seen by who may read these jobs. */
  async sees(id: string, jobs: JobAccess): Promise<boolean> {
    const row = await this.knex('approvals')
      .where({ id })
      .where(visible => whereVisible(this.knex, visible, jobs, 'approvals'))
      .first('id');
    return row !== undefined;
  }

  async waiting(now: number): Promise<ApprovalRow[]> {
    const rows = await this.knex('approvals')
      .where({ state: 'waiting' })
      .where('expires_at', '>', now)
      .orderBy('requested_at')
      .limit(200);
    return rows.map(toRow);
  }

  /** Decides one that waits and is in time. @returns whether it was this call that did */
  async decide(
    id: string,
    state: 'approved' | 'rejected' | 'withdrawn',
    by: string,
    reason: string,
    now: number,
  ): Promise<boolean> {
    const changed = await this.knex('approvals')
      .where({ id, state: 'waiting' })
      .where('expires_at', '>', now)
      .update({
        state,
        decided_by: by,
        decided_at: now,
        decision_reason: reason,
        ...(state !== 'approved' && OVER),
      });
    return changed === 1;
  }

  /** Notes how an approved one was carried out. */
  async finish(
    id: string,
    end: {
      state: 'done' | 'failed' | 'refused';
      audit_id?: string;
      error?: string;
    },
  ): Promise<void> {
    await this.knex('approvals')
      .where({ id, state: 'approved' })
      .update({ ...end, ...OVER });
  }

  /** Ends those for which nobody came in time. @returns them */
  async timeOut(trx: Knex, now: number): Promise<ApprovalRow[]> {
    const rows = await trx('approvals')
      .where({ state: 'waiting' })
      .where('expires_at', '<=', now)
      .update({ state: 'timed-out', ...OVER })
      .returning('*');
    return rows.map(toRow);
  }

  /** Ends those whose carrying out was cut off: it began before this time. */
  async giveUp(before: number): Promise<number> {
    return this.knex('approvals')
      .where({ state: 'approved' })
      .where('decided_at', '<', before)
      .update({
        state: 'failed',
        error:
          'The portal stopped while it was being done: the trail tells how far it came',
        ...OVER,
      });
  }

  /** Forgets what was over before a time; the trail keeps it. */
  async forget(before: number): Promise<void> {
    await this.knex('approvals')
      .where('expires_at', '<', before)
      .whereNotIn('state', ['waiting', 'approved'])
      .delete();
  }
}

function toRow(row: ApprovalRow): ApprovalRow {
  return {
    ...row,
    requested_at: int(row.requested_at),
    expires_at: int(row.expires_at),
    decided_at: row.decided_at === null ? null : int(row.decided_at),
  };
}
