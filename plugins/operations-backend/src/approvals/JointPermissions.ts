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

/** Decisions of the policy, by the permission's name. JSON. */
export type Decisions = Record<string, PolicyDecision>;

const DENY = { result: AuthorizeResult.DENY } as const;

/**
 * Permissions that two people both have: the caller's, as the policy decides now, and the other
 * person's, as it decided before. The conditions of both are kept, so that they are evaluated on
 * the present state of each resource.
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
    // A conditional decision does not allow a request that names no resource.
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
