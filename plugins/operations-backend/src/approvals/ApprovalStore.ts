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
  /** JSON, as the audit trail holds it */
  parameters: string | null;
  rule: string | null;
  /** the requester, as the audit trail names them */
  requested_by: string;
  on_behalf_of: string | null;
  /** entity reference of the person who asked */
  person: string;
  requested_at: number;
  expires_at: number;
  /** JSON: the request, secrets included; deleted when the approval ends */
  request: string | null;
  /** JSON: the requester's groups and grants; deleted when the approval ends */
  snapshot: string | null;
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

const ENDED = { request: null, snapshot: null };

/** The table of approvals. Each change of state happens once, whichever replica makes it. */
export class ApprovalStore {
  constructor(private readonly knex: Knex) {}

  async insert(row: NewApproval, trx: Knex): Promise<void> {
    await trx('approvals').insert({ ...row, state: 'waiting' });
  }

  async get(id: string): Promise<ApprovalRow | undefined> {
    const row = await this.knex('approvals').where({ id }).first();
    return row && toRow(row);
  }

  /** Newest first: what the caller asked for, and what is about jobs that they may see. */
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

  /** Whether an approval may be seen by somebody who may read these jobs. */
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

  /** Decides an approval that waits and has not timed out. @returns whether this call decided it */
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
        ...(state !== 'approved' && ENDED),
      });
    return changed === 1;
  }

  /** Records how the approved action ended. */
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
      .update({ ...end, ...ENDED });
  }

  /** Ends approvals that nobody decided in time. @returns those */
  async timeOut(trx: Knex, now: number): Promise<ApprovalRow[]> {
    const rows = await trx('approvals')
      .where({ state: 'waiting' })
      .where('expires_at', '<=', now)
      .update({ state: 'timed-out', ...ENDED })
      .returning('*');
    return rows.map(toRow);
  }

  /** Ends approvals whose action was cut off by a crash: approved before a time and not ended. */
  async giveUp(before: number): Promise<number> {
    return this.knex('approvals')
      .where({ state: 'approved' })
      .where('decided_at', '<', before)
      .update({
        state: 'failed',
        error:
          'The portal stopped during the action: the audit trail shows how far it came',
        ...ENDED,
      });
  }

  /** Deletes what ended before a time; the audit trail keeps it. */
  async prune(before: number): Promise<void> {
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
