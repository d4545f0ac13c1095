import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import type {
  ApprovalsQuery,
  Page,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  approvalDecidePermission,
  approvalReadPermission,
  jobReadPermission,
  type Approval,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import type { ActionContext, Caller } from '../lib/context';
import type { Access } from '../permissions/Access';
import type { ApprovalRow, ApprovalStore } from './ApprovalStore';
import type { ApprovedRequests } from './ApprovedRequests';
import { personOf } from '../permissions/personOf';
import { stateOf, viewOf, whyNotSecond, type Viewer } from './views';
import { refusal, sentence, saidBy, type Said } from '../lib/sentences';

/** Reads and decides approvals. */
export class ApprovalsService {
  constructor(
    private readonly options: {
      store: ApprovalStore;
      requests: Pick<ApprovedRequests, 'authorize'>;
      byAgents: boolean;
      now(): number;
    },
  ) {}

  async list(
    c: ActionContext<unknown, ApprovalsQuery>,
  ): Promise<Page<Approval>> {
    const page = await this.options.store.list(
      c.query,
      await c.access.jobs(jobReadPermission),
      personOf(c.caller.credentials)?.ref ?? '',
    );
    return {
      ...page,
      items: await Promise.all(page.items.map(row => this.view(row, c))),
    };
  }

  /** What the caller asked for and nobody has decided yet. */
  async mine(c: ActionContext): Promise<{ items: Approval[] }> {
    const person = personOf(c.caller.credentials)?.ref;
    const { store, now } = this.options;
    const rows = person ? await store.waitingOf(person, now()) : [];
    return { items: await Promise.all(rows.map(row => this.view(row, c))) };
  }

  async get(c: ActionContext<{ id: string }>): Promise<Approval> {
    const row = await this.visible(c.params.id, c.caller, c.access);
    return this.view(row, c);
  }

  find(id: string): Promise<ApprovalRow | undefined> {
    return this.options.store.get(id);
  }

  stateOf(row: ApprovalRow) {
    return stateOf(row, this.options.now());
  }

  /** @throws NotFoundError also if the caller may not see the approval */
  async visible(
    id: string,
    caller: Caller,
    access: Access,
  ): Promise<ApprovalRow> {
    const { store } = this.options;
    const row = await store.get(id);
    const person = personOf(caller.credentials)?.ref;
    const missing = refusal(
      NotFoundError,
      sentence('approval-missing', { id }),
    );
    if (!row) throw missing;
    if (row.person === person) return row;
    if (!(await access.has(approvalReadPermission))) throw missing;
    const jobs = await access.jobs(jobReadPermission);
    if (!(await store.sees(id, jobs))) throw missing;
    return row;
  }

  /**
   * @returns when it was decided
   * @throws ConflictError if it was decided or ended meanwhile
   */
  async decide(
    id: string,
    state: 'approved' | 'rejected' | 'withdrawn',
    by: string,
    reason: string,
    conclude?: (trx: Knex.Transaction) => Promise<void>,
  ): Promise<number> {
    const now = this.options.now();
    const { store } = this.options;
    if (!(await store.decide(id, state, by, reason, now, conclude))) {
      throw refusal(ConflictError, sentence('approval-decided'));
    }
    return now;
  }

  /** A caller who has the permission to decide. */
  decider(caller: Caller): Viewer {
    return { caller, permitted: true, byAgents: this.options.byAgents };
  }

  private async view(row: ApprovalRow, c: ActionContext): Promise<Approval> {
    const permitted = await c.access.has(approvalDecidePermission);
    const viewer = { ...this.decider(c.caller), permitted };
    const open =
      stateOf(row, this.options.now()) === 'waiting' &&
      !whyNotSecond(row, 'approve', viewer);
    const lacking = open ? await this.whyNotThemselves(row, c) : undefined;
    return viewOf(row, { ...viewer, lacking }, this.options.now());
  }

  /** Why the caller may not do themselves what waits, as the decision would say. */
  private async whyNotThemselves(
    row: ApprovalRow,
    c: ActionContext,
  ): Promise<Said | undefined> {
    try {
      await this.options.requests.authorize(row, c);
      return undefined;
    } catch (error) {
      if (error instanceof NotAllowedError || error instanceof NotFoundError) {
        return saidBy(error);
      }
      throw error;
    }
  }
}
