import type { PermissionsService } from '@backstage/backend-plugin-api';
import { ConflictError, NotAllowedError } from '@backstage/errors';
import { IDEMPOTENCY_KEY_HEADER } from '@craft-easy/backstage-plugin-operations-common';
import { isRefusal, type AuditedActions } from '../audit/auditedAction';
import { Authorized } from '../audit/SecondPerson';
import { answer, type RawRequest } from '../lib/answer';
import type {
  Caller,
  GivenApproval,
  RepeatableRequest,
  Route,
} from '../lib/routes';
import type { ApprovalRow } from './ApprovalStore';
import { JointPermissions } from './JointPermissions';
import type { Requesters, Standing } from './Requesters';

/** How an approved action was carried out. */
export interface End {
  state: 'done' | 'refused' | 'failed';
  audit_id?: string;
  error?: string;
}

/** Sends a kept request through the route's own door again. */
export class Repetition {
  private routes: Route[] = [];
  private actions: AuditedActions | undefined;

  constructor(
    private readonly deps: {
      permissions: PermissionsService;
      requesters: Requesters;
    },
  ) {}

  /** The routes whose actions can be carried out, once they are all there. */
  useRoutes(routes: Route[], actions: AuditedActions): void {
    this.routes = routes;
    this.actions = actions;
  }

  /** @throws NotAllowedError or NotFoundError as the action itself would, were the caller to ask for it */
  async assertMay(row: ApprovalRow, caller: Caller): Promise<void> {
    const terms = { onlyAuthorize: true };
    try {
      await this.send(row, caller, terms, this.deps.permissions);
    } catch (error) {
      if (error instanceof Authorized) return;
      throw error;
    }
    throw new NotAllowedError(`${row.action} does not say who may do it`);
  }

  /** @throws ConflictError or ServiceUnavailableError if it cannot be known whether who asked still is who he was */
  async assertKnown(row: ApprovalRow): Promise<void> {
    const { ownership } = standingOf(row);
    await this.deps.requesters.whatIsLost(row.person, ownership);
  }

  /** Has it done by who asked, with the rights that both people have. */
  async carryOut(
    row: ApprovalRow,
    approval: GivenApproval,
    approver: Caller,
  ): Promise<End> {
    const terms = {
      approval,
      actor: row.requested_by,
      onBehalfOf: row.on_behalf_of ?? undefined,
    };
    const { decisions } = standingOf(row);
    const both = new JointPermissions(this.deps.permissions, decisions);
    try {
      const done = await this.send(row, approver, terms, both);
      return {
        state: 'done',
        audit_id: (done as { auditId?: string }).auditId,
      };
    } catch (error) {
      return {
        state: isRefusal(error) ? 'refused' : 'failed',
        error: (error as Error).message.slice(0, 2000),
      };
    }
  }

  private send(
    row: ApprovalRow,
    { credentials, requestId, ip, userAgent }: Caller,
    terms: RawRequest['terms'],
    permissions: PermissionsService,
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
        ...{ credentials, requestId, ip, userAgent, terms },
        ...{ params, query, body },
        header: name => headers[name.toLowerCase()],
      },
      { permissions, actions: this.actions },
    );
  }
}

/** @throws ConflictError for what an older portal kept, which did not write it down */
function standingOf(row: ApprovalRow): Standing {
  if (row.standing) return JSON.parse(row.standing);
  throw new ConflictError(
    'It was asked for before the portal was upgraded: it has to be asked for anew',
  );
}
