import type { PermissionsService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import { IDEMPOTENCY_KEY_HEADER } from '@craft-easy/backstage-plugin-operations-common';
import { isRefusal } from '../audit/AuditedActions';
import type {
  ActionContext,
  GivenApproval,
  RawRequest,
  RepeatableRequest,
} from '../lib/context';
import type { ApprovalRow } from './ApprovalStore';
import { JointPermissions } from './JointPermissions';
import type { PrincipalSnapshot, Requesters } from './Requesters';
import { refusal, sentence } from '../lib/sentences';

/** How an approved action ended. */
export interface ApprovedEnd {
  state: 'done' | 'refused' | 'failed';
  auditId?: string;
  error?: string;
}

/** Sends the stored request of an approval through the API again. */
export class ApprovedRequests {
  constructor(
    private readonly options: {
      permissions: PermissionsService;
      requesters: Requesters;
    },
  ) {}

  /** @throws NotAllowedError or NotFoundError as the action itself would for this caller */
  async authorize(row: ApprovalRow, c: ActionContext): Promise<void> {
    const { endpoint, raw } = this.requestOf(row, c);
    await c.api.authorize(endpoint, raw);
  }

  /**
   * @throws ConflictError or ServiceUnavailableError if the requester's rights cannot be compared
   */
  async assertRequesterKnown(row: ApprovalRow): Promise<void> {
    const { ownership } = snapshotOf(row);
    await this.options.requesters.revalidate(row.person, ownership);
  }

  /** Performs the action in the requester's name, with the rights that both people have. */
  async perform(
    row: ApprovalRow,
    approval: GivenApproval,
    c: ActionContext,
  ): Promise<ApprovedEnd> {
    const { decisions } = snapshotOf(row);
    const { endpoint, raw } = this.requestOf(row, c);
    try {
      const { body } = await c.api.perform(endpoint, {
        ...raw,
        permissions: new JointPermissions(this.options.permissions, decisions),
        terms: {
          approval,
          actor: row.requestedBy,
          onBehalfOf: row.onBehalfOf,
        },
      });
      return {
        state: 'done',
        auditId: (body as { auditId?: string }).auditId,
      };
    } catch (error) {
      return {
        state: isRefusal(error) ? 'refused' : 'failed',
        error: (error as Error).message.slice(0, 2000),
      };
    }
  }

  private requestOf(
    row: ApprovalRow,
    { caller }: ActionContext,
  ): { endpoint: string; raw: RawRequest } {
    if (!row.request) throw refusal(ConflictError, sentence('approval-ended'));
    const { endpoint, params, query, body, ifMatch }: RepeatableRequest =
      JSON.parse(row.request);
    const headers: Record<string, string | undefined> = {
      // The key lets the action happen only once, even if a process crashes half-way.
      [IDEMPOTENCY_KEY_HEADER.toLowerCase()]: `approval-${row.id}`,
      'if-match': ifMatch,
    };
    const { credentials, requestId, ip, userAgent } = caller;
    return {
      endpoint,
      raw: {
        credentials,
        requestId,
        ip,
        userAgent,
        params,
        query,
        body,
        header: name => headers[name.toLowerCase()],
      },
    };
  }
}

function snapshotOf(row: ApprovalRow): PrincipalSnapshot {
  return JSON.parse(row.snapshot!);
}
