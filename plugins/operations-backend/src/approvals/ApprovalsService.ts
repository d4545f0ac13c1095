import type { PermissionsService } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
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
import { Authorized } from '../audit/SecondPerson';
import { answer, type RawRequest } from '../lib/answer';
import { idempotencyOf } from '../lib/idempotency';
import type {
  ActionContext,
  Caller,
  GivenApproval,
  RepeatableRequest,
  RequestContext,
  Route,
} from '../lib/routes';
import type { Access } from '../permissions/Access';
import { hrefOf } from './ApprovalGate';
import type { ApprovalRow, ApprovalStore } from './ApprovalStore';
import { personOf, type Requesters } from './Requesters';
import { mayDecide, mayWithdraw, stateOf, viewOf } from './views';

type ById = ActionContext<{ id: string }, unknown, { reason: string }>;
type Verb = 'approve' | 'reject' | 'withdraw';

/** Reads approvals and decides them. */
export class ApprovalsService {
  private routes: Route[] = [];

  constructor(
    private readonly deps: {
      store: ApprovalStore;
      door: AuditedActions;
      requesters: Requesters;
      permissions: PermissionsService;
      onChanged(): void;
      now(): number;
    },
  ) {}

  /** The routes whose actions can be carried out, once they are all there. */
  useRoutes(routes: Route[]): void {
    this.routes = routes;
  }

  async list(
    c: RequestContext<unknown, ApprovalsQuery>,
  ): Promise<Page<Approval>> {
    await this.renew(c.caller);
    const { rows, totalItems, nextCursor } = await this.deps.store.list(
      c.query,
      await c.access.jobs(jobReadPermission),
      personOf(c.caller.credentials)?.ref ?? '',
    );
    const may = await c.access.has(approvalDecidePermission);
    return {
      items: rows.map(row => viewOf(row, c.caller, may, this.deps.now())),
      totalItems,
      pageInfo: { nextCursor },
    };
  }

  async get(c: RequestContext<{ id: string }>): Promise<Approval> {
    await this.renew(c.caller);
    const row = await this.visible(c.params.id, c.caller, c.access);
    const may = await c.access.has(approvalDecidePermission);
    return viewOf(row, c.caller, may, this.deps.now());
  }

  /** As who asked for it sees it. */
  async view(id: string, caller: Caller): Promise<Approval> {
    const row = (await this.deps.store.get(id))!;
    return viewOf(row, caller, false, this.deps.now());
  }

  /** Says yes, and has it done: as who asked, through the same door, if he still may. */
  approve(c: ById): Promise<ApprovalResult> {
    return this.decide(c, 'approve', {
      authorize: async row => {
        mayDecide(row, c.caller, true);
        await this.assertMayDoIt(row, c);
      },
      act: async (row, reason) => {
        // before anything is claimed: without it nothing could be done
        const credentials = await this.deps.requesters.recall(
          row.person,
          row.credential,
        );
        const at = await this.claim(row, 'approved', c.caller, reason);
        const given = {
          id: row.id,
          approvedBy: c.caller.actor,
          approvedAt: new Date(at).toISOString(),
          reason,
        };
        await this.carryOut(row, given, c.caller, credentials);
      },
    });
  }

  reject(c: ById): Promise<ApprovalResult> {
    return this.decide(c, 'reject', {
      authorize: async row => mayDecide(row, c.caller, true),
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
    if (verb !== 'withdraw') return access.require(approvalDecidePermission);
    if (row && row.person === personOf(caller.credentials)?.ref) return;
    await access.require(approvalReadPermission);
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

  private async carryOut(
    row: ApprovalRow,
    approval: GivenApproval,
    approver: Caller,
    credentials: RawRequest['credentials'],
  ): Promise<void> {
    const { store } = this.deps;
    const { requestId, ip, userAgent } = approver;
    try {
      const done = (await this.repeat(row, {
        ...{ credentials, requestId, ip, userAgent },
        terms: { approval },
      })) as { auditId?: string };
      await store.finish(row.id, { state: 'done', audit_id: done?.auditId });
    } catch (error) {
      await store.finish(row.id, {
        state: 'failed',
        error: (error as Error).message.slice(0, 2000),
      });
    }
  }

  /** @throws NotAllowedError or NotFoundError as the action itself would, were the caller to ask for it */
  private async assertMayDoIt(row: ApprovalRow, c: ById): Promise<void> {
    const { credentials, requestId, ip, userAgent } = c.caller;
    try {
      await this.repeat(row, {
        ...{ credentials, requestId, ip, userAgent },
        terms: { onlyAuthorize: true },
      });
    } catch (error) {
      if (error instanceof Authorized) return;
      throw error;
    }
    throw new NotAllowedError(`${row.action} does not say who may do it`);
  }

  private async repeat(
    row: ApprovalRow,
    as: Pick<
      RawRequest,
      'credentials' | 'requestId' | 'ip' | 'userAgent' | 'terms'
    >,
  ): Promise<unknown> {
    if (!row.request) throw new ConflictError('It is over');
    const { endpoint, params, query, body, ifMatch }: RepeatableRequest =
      JSON.parse(row.request);
    const route = this.routes.find(
      r => r.kind === 'action' && `${r.method} ${r.path}` === endpoint,
    );
    if (!route) throw new ConflictError(`There is no ${endpoint} any more`);
    const headers: Record<string, string | undefined> = {
      // carried out once, whatever happens on the way
      [IDEMPOTENCY_KEY_HEADER.toLowerCase()]: `approval-${row.id}`,
      'if-match': ifMatch,
    };
    return answer(
      route,
      {
        ...as,
        ...{ params, query, body },
        header: name => headers[name.toLowerCase()],
      },
      this.deps.permissions,
    );
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

  /** Who looks at the list in person is signed in: what he asked for can go on being approved. */
  private async renew(caller: Caller): Promise<void> {
    const person = personOf(caller.credentials);
    if (!person?.himself) return;
    if (!(await this.deps.store.waits(person.ref))) return;
    const { token } = await this.deps.requesters.keep(caller.credentials);
    await this.deps.store.renew(person.ref, token);
  }
}
