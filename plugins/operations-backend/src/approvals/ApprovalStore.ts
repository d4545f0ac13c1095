import type {
  ApprovalsQuery,
  ApprovalState,
  Page,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Knex } from 'knex';
import { whereVisible } from '../audit/visibility';
import { keysetPage, type Keyset } from '../lib/keyset';
import { whereAnyOf } from '../lib/sql';
import { bigint, optional, Table, text, type RowOf } from '../lib/table';
import type { JobAccess } from '../permissions/JobAccess';

/** What the API shows of an approval. */
export const SHOWN = new Table('approvals', {
  id: text(),
  state: text<ApprovalState>(),
  action: text(),
  target: text(),
  /** `<engine>/<name>` */
  jobId: optional(text()),
  tenant: optional(text()),
  reason: text(),
  /** JSON, as the audit trail holds it */
  parameters: optional(text()),
  /** JSON: what the action would change, as it was when it was asked for */
  before: optional(text()),
  rule: optional(text()),
  /** the requester, as the audit trail names them */
  requestedBy: text(),
  requestedAt: bigint(),
  expiresAt: bigint(),
  decidedBy: optional(text()),
  decidedAt: optional(bigint()),
  decisionReason: optional(text()),
  auditId: optional(text()),
  error: optional(text()),
});
const APPROVALS = new Table('approvals', {
  ...SHOWN.declared,
  onBehalfOf: optional(text()),
  /** entity reference of the person who asked */
  person: text(),
  /** JSON: the request, secrets included; deleted when the approval ends */
  request: optional(text()),
  /** JSON: the requester's groups and grants; deleted when the approval ends */
  snapshot: optional(text()),
});
export type ApprovalRow = RowOf<typeof APPROVALS>;

/** What is known of an approval when it is asked for. */
export type NewApproval = Omit<
  ApprovalRow,
  'state' | 'decidedBy' | 'decidedAt' | 'decisionReason' | 'auditId' | 'error'
>;

const NEWEST_FIRST: Keyset = {
  list: 'approvals',
  columns: { requested_at: 'number', id: 'string' },
  order: 'desc',
};

const ENDED = { request: null, snapshot: null };

/** The table of approvals. Each change of state happens once, whichever replica makes it. */
export class ApprovalStore {
  constructor(private readonly knex: Knex) {}

  async insert(row: NewApproval, trx: Knex): Promise<void> {
    await trx('approvals').insert(
      APPROVALS.write({ ...row, state: 'waiting' }),
    );
  }

  async get(id: string): Promise<ApprovalRow | undefined> {
    return APPROVALS.first(this.knex('approvals').where({ id }));
  }

  /** Newest first: what the caller asked for, and what is about jobs that they may see. */
  list(
    query: ApprovalsQuery,
    jobs: JobAccess,
    person: string,
  ): Promise<Page<ApprovalRow>> {
    const matching = this.knex('approvals').where(q => {
      q.where({ person });
      q.orWhere(visible => whereVisible(visible, jobs, 'approvals'));
    });
    if (query.state) whereAnyOf(matching, 'state', query.state);
    return keysetPage(matching, NEWEST_FIRST, query, APPROVALS.read);
  }

  /** Whether an approval may be seen by somebody who may read these jobs. */
  async sees(id: string, jobs: JobAccess): Promise<boolean> {
    const row = await this.knex('approvals')
      .where({ id })
      .where(visible => whereVisible(visible, jobs, 'approvals'))
      .first('id');
    return row !== undefined;
  }

  async waiting(now: number): Promise<ApprovalRow[]> {
    return APPROVALS.all(
      this.knex('approvals')
        .where({ state: 'waiting' })
        .where('expires_at', '>', now)
        .orderBy('requested_at')
        .limit(200),
    );
  }

  /** What a person asked for and waits, the newest first. */
  async waitingOf(person: string, now: number): Promise<ApprovalRow[]> {
    return APPROVALS.all(
      this.knex('approvals')
        .where({ state: 'waiting', person })
        .where('expires_at', '>', now)
        .orderBy('requested_at', 'desc')
        .limit(200),
    );
  }

  /** Decides an approval that waits and has not timed out. @returns whether this call decided it */
  async decide(
    id: string,
    state: 'approved' | 'rejected' | 'withdrawn',
    by: string,
    reason: string,
    now: number,
    conclude?: (trx: Knex.Transaction) => Promise<void>,
  ): Promise<boolean> {
    return this.knex.transaction(async trx => {
      const changed = await trx('approvals')
        .where({ id, state: 'waiting' })
        .where('expires_at', '>', now)
        .update({
          state,
          decided_by: by,
          decided_at: now,
          decision_reason: reason,
          ...(state !== 'approved' && ENDED),
        });
      if (changed !== 1) return false;
      await conclude?.(trx);
      return true;
    });
  }

  /** Records how the approved action ended. */
  async finish(
    id: string,
    end: Pick<ApprovalRow, 'state' | 'auditId' | 'error'>,
  ): Promise<void> {
    await this.knex('approvals')
      .where({ id, state: 'approved' })
      .update({ ...APPROVALS.write(end), ...ENDED });
  }

  /** Ends approvals that nobody decided in time. @returns those */
  async timeOut(trx: Knex, now: number): Promise<ApprovalRow[]> {
    return APPROVALS.all(
      trx('approvals')
        .where({ state: 'waiting' })
        .where('expires_at', '<=', now)
        .update({ state: 'timed-out', ...ENDED })
        .returning('*'),
    );
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
