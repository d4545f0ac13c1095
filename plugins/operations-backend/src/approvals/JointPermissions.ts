import type {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import {
  AuthorizeResult,
  type AuthorizePermissionRequest,
  type AuthorizePermissionResponse,
  type PolicyDecision,
  type QueryPermissionRequest,
  type QueryPermissionResponse,
} from '@backstage/plugin-permission-common';

/** By name of a permission: what the policy said. JSON. */
export type Decisions = Record<string, PolicyDecision>;

const DENY = { result: AuthorizeResult.DENY } as const;

/**
 * What two people may both do: the one whose credentials ask, as the policy says now, and the other as it said before. Conditions of both are kept, so
 * that what they select is judged as it is now.
 */
export class JointPermissions implements PermissionsService {
  constructor(
    private readonly now: PermissionsService,
    private readonly before: Decisions,
  ) {}

  async authorize(
    requests: AuthorizePermissionRequest[],
    options: { credentials: BackstageCredentials },
  ): Promise<AuthorizePermissionResponse[]> {
    const decisions = await this.now.authorize(requests, options);
    // a condition says nothing where nothing in particular is asked about
    return decisions.map((decision, i) =>
      this.beforeOf(requests[i]).result === AuthorizeResult.ALLOW
        ? decision
        : DENY,
    );
  }

  async authorizeConditional(
    requests: QueryPermissionRequest[],
    options: { credentials: BackstageCredentials },
  ): Promise<QueryPermissionResponse[]> {
    const decisions = await this.now.authorizeConditional(requests, options);
    return decisions.map((decision, i) =>
      both(decision, this.beforeOf(requests[i])),
    );
  }

  private beforeOf({ permission }: { permission: { name: string } }) {
    return Object.hasOwn(this.before, permission.name)
      ? this.before[permission.name]
      : DENY;
  }
}

function both(a: PolicyDecision, b: PolicyDecision): PolicyDecision {
  if (a.result === AuthorizeResult.ALLOW) return b;
  if (b.result === AuthorizeResult.ALLOW) return a;
  if (
    a.result === AuthorizeResult.CONDITIONAL &&
    b.result === AuthorizeResult.CONDITIONAL
  ) {
    return { ...a, conditions: { allOf: [a.conditions, b.conditions] } };
  }
  return DENY;
}
