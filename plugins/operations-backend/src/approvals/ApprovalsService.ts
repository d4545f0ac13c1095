import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  approvalDecidePermission,
  approvalReadPermission,
  IDEMPOTENCY_KEY_HEADER,
  jobReadPermission,
  type Approval,
  type ApprovalResult,
  type ApprovalsQuery,
  type Page,
} from '@craft-easy/backstage-plugin-operations-common';
import type { AuditedActions } from '../audit/auditedAction';
import { idempotencyOf } from '../lib/idempotency';
import type { ActionContext, Caller, RequestContext } from '../lib/routes';
import type { Access } from '../permissions/Access';
import { hrefOf } from './ApprovalGate';
import type { ApprovalRow, ApprovalStore } from './ApprovalStore';
import type { Repetition } from './Repetition';
import { personOf } from './Requesters';
import { mayDecide, mayWithdraw, stateOf, viewOf, type Second } from './views';

type ById = ActionContext<{ id: string }, unknown, { reason: string }>;
type Verb = 'approve' | 'reject' | 'withdraw';

/** Reads approvals and decides them. */
export class ApprovalsService {
  constructor(
    private readonly deps: {
      store: ApprovalStore;
      door: AuditedActions;
      repetition: Repetition;
      byAgents: boolean;
      onChanged(): void;
      now(): number;
    },
  ) {}

  async list(
    c: RequestContext<unknown, ApprovalsQuery>,
  ): Promise<Page<Approval>> {
    const { rows, totalItems, nextCursor } = await this.deps.store.list(
      c.query,
      await c.access.jobs(jobReadPermission),
      personOf(c.caller.credentials)?.ref ?? '',
    );
    const may = await c.access.has(approvalDecidePermission);
    return {
      items: rows.map(row => this.viewFor(row, c.caller, may)),
      totalItems,
      pageInfo: { nextCursor },
    };
  }

  async get(c: RequestContext<{ id: string }>): Promise<Approval> {
    const row = await this.visible(c.params.id, c.caller, c.access);
    const may = await c.access.has(approvalDecidePermission);
    return this.viewFor(row, c.caller, may);
  }

  /** As who asked for it sees it. */
  async view(id: string, caller: Caller): Promise<Approval> {
    const row = (await this.deps.store.get(id))!;
    return this.viewFor(row, caller, false);
  }

  /** Says yes, and has it done: as who asked, through the same door, if both may. */
  approve(c: ById): Promise<ApprovalResult> {
    return this.decide(c, 'approve', {
      authorize: async row => {
        mayDecide(row, 'approve', this.second(c.caller, true));
        await this.deps.repetition.assertMay(row, c.caller);
      },
      act: async (row, reason) => {
        // before anything is claimed: where that cannot be known it goes on waiting
        await this.deps.repetition.assertKnown(row);
        const at = await this.claim(row, 'approved', c.caller, reason);
        const given = {
          id: row.id,
          approvedBy: c.caller.onBehalfOf ?? c.caller.actor,
          approvedAt: new Date(at).toISOString(),
          reason,
        };
        const end = await this.deps.repetition.carryOut(row, given, c.caller);
        await this.deps.store.finish(row.id, end);
      },
    });
  }

  reject(c: ById): Promise<ApprovalResult> {
    return this.decide(c, 'reject', {
      authorize: async row =>
        mayDecide(row, 'reject', this.second(c.caller, true)),
      act: async (row, reason) => {
        await this.claim(row, 'rejected', c.caller, reason);
      },
    });
  }

  withdraw(c: ById): Promise<ApprovalResult> {
    return this.decide(c, 'withdraw', {
      authorize: async row => mayWithdraw(row, c.caller),
      act: async (row, reason) => {
        await this.claim(row, 'withdrawn', c.caller, reason);
      },
    });
  }

  private second(caller: Caller, permitted: boolean): Second {
    return { caller, permitted, byAgents: this.deps.byAgents };
  }

  private viewFor(row: ApprovalRow, caller: Caller, may: boolean): Approval {
    return viewOf(row, this.second(caller, may), this.deps.now());
  }

  private async decide(
    c: ById,
    verb: Verb,
    steps: {
      authorize(row: ApprovalRow): Promise<void>;
      act(row: ApprovalRow, reason: string): Promise<void>;
    },
  ): Promise<ApprovalResult> {
    const { id } = c.params;
    const found = await this.deps.store.get(id);
    const { auditId } = await this.deps.door.run(c.caller, {
      action: `approval.${verb}`,
      target: `approval:${id}`,
      href: hrefOf(id),
      jobId: found?.job_id ?? undefined,
      tenant: found?.tenant ?? undefined,
      rawReason: c.rawReason(),
      authorize: async () => {
        await this.require(verb, c, found);
        await steps.authorize(await this.visible(id, c.caller, c.access));
      },
      idempotency: () =>
        idempotencyOf(c.caller.actor, c.header(IDEMPOTENCY_KEY_HEADER), [
          `approval.${verb}`,
          id,
          c.body(),
        ]),
      validate: async () => {
        const { reason } = c.body();
        const row = found!;
        const state = stateOf(row, this.deps.now());
        if (state !== 'waiting') throw new ConflictError(`It is ${state}`);
        return {
          reason,
          parameters: {
            ...{ action: row.action, target: row.target },
            requestedBy: row.requested_by,
          },
          before: { state },
          plan: { row, reason },
        };
      },
      act: async ({ row, reason }) => {
        await steps.act(row, reason);
        const after = (await this.deps.store.get(id))!;
        return {
          result: { id },
          after: { state: after.state, error: after.error ?? undefined },
        };
      },
    });
    this.deps.onChanged();
    return { approval: await this.get(c), auditId };
  }

  /** @throws NotAllowedError to who may decide nothing, or withdraw nothing; before anything is said of what there is */
  private async require(
    verb: Verb,
    { access, caller }: ById,
    row: ApprovalRow | undefined,
  ): Promise<void> {
    const own = row && row.person === personOf(caller.credentials)?.ref;
    if (verb !== 'withdraw') await access.require(approvalDecidePermission);
    else if (!own) await access.require(approvalReadPermission);
  }

  private async claim(
    row: ApprovalRow,
    state: 'approved' | 'rejected' | 'withdrawn',
    caller: Caller,
    reason: string,
  ): Promise<number> {
    const now = this.deps.now();
    const { store } = this.deps;
    if (!(await store.decide(row.id, state, caller.actor, reason, now))) {
      throw new ConflictError('Somebody else was quicker, or the time is over');
    }
    return now;
  }

  /** @throws NotFoundError also for who may not see it */
  private async visible(
    id: string,
    caller: Caller,
    access: Access,
  ): Promise<ApprovalRow> {
    const row = await this.deps.store.get(id);
    const person = personOf(caller.credentials)?.ref;
    const missing = new NotFoundError(`There is no approval ${id}`);
    if (!row) throw missing;
    if (row.person === person) return row;
    if (!(await access.has(approvalReadPermission))) throw missing;
    const jobs = await access.jobs(jobReadPermission);
    if (!(await this.deps.store.sees(id, jobs))) throw missing;
    return row;
  }
}
