import type {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  isResourcePermission,
  type BasicPermission,
  type Permission,
  type PolicyDecision,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';
import {
  createConditionTransformer,
  type PermissionRule,
} from '@backstage/plugin-permission-node';
import type { Endpoint } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { JobAccess } from './JobAccess';
import { personOf } from './personOf';
import { TenantScope } from './TenantScope';
import { jobRules, type JobFilter, type JobResource } from './jobRules';
import { refusal, sentence } from '../lib/sentences';

const toCriteria = createConditionTransformer<JobFilter>({
  getRuleByName: name => {
    const rule = Object.values(jobRules).find(r => r.name === name);
    if (!rule) throw new Error(`There is no permission rule ${name}`);
    return rule as PermissionRule<JobResource, JobFilter, string>;
  },
});

/**
 * What the caller of one request may do. Asks the permission framework once per permission,
 * whatever the number of rows, and evaluates its conditions in memory.
 */
export class Access {
  private readonly decisions = new Map<string, Promise<PolicyDecision>>();

  constructor(
    private readonly permissions: PermissionsService,
    private readonly credentials: BackstageCredentials,
  ) {}

  /** Entity reference of the person for whom the request is made; none for a service. */
  get person(): string | undefined {
    return personOf(this.credentials)?.ref;
  }

  /** What a permission on jobs lets the caller see or do. */
  async jobs(permission: ResourcePermission): Promise<JobAccess> {
    const decision = await this.decide(permission);
    if (decision.result === AuthorizeResult.CONDITIONAL) {
      return new JobAccess(toCriteria(decision.conditions));
    }
    return new JobAccess(decision.result === AuthorizeResult.ALLOW);
  }

  /**
   * The tenants that a permission covers, whose resource type knows no other rule than
   * `HAS_TENANT`.
   */
  async tenants(permission: ResourcePermission): Promise<TenantScope> {
    const decision = await this.decide(permission);
    if (decision.result !== AuthorizeResult.CONDITIONAL) {
      return decision.result === AuthorizeResult.ALLOW
        ? TenantScope.everything
        : TenantScope.nothing;
    }
    return TenantScope.of(decision.conditions, condition => {
      if (condition.rule !== 'HAS_TENANT') {
        throw new Error(`There is no permission rule ${condition.rule}`);
      }
      return (condition.params as { tenants: string[] }).tenants;
    });
  }

  /** Whether the caller has a permission, at least for some resources. */
  async has(permission: Permission): Promise<boolean> {
    return (await this.decide(permission)).result !== AuthorizeResult.DENY;
  }

  /** @throws NotAllowedError if the caller does not have a permission that has no resource */
  async require(permission: BasicPermission): Promise<void> {
    if (!(await this.has(permission))) throw notAllowed(permission);
  }

  /**
   * @throws NotAllowedError unless the caller has one of the permissions, for the tenant where one
   *   is named
   */
  async requireFor(
    permission: Endpoint['permission'],
    tenant?: string,
  ): Promise<void> {
    if ('open' in permission) return;
    const wanted = 'name' in permission ? [permission] : permission;
    for (const one of wanted) {
      if (!(await this.has(one))) continue;
      if (!tenant || !isResourcePermission(one)) return;
      if ((await this.tenants(one)).covers(tenant)) return;
      throw refusal(
        NotAllowedError,
        sentence('permission-missing-for', { permission: one.name, tenant }),
      );
    }
    throw notAllowed(wanted[0]);
  }

  /** What the framework decides on each, in two requests at most. */
  async decideAll(permissions: Permission[]): Promise<PolicyDecision[]> {
    const options = { credentials: this.credentials };
    const resource = permissions.filter(p => isResourcePermission(p));
    const basic = permissions.filter(p => !isResourcePermission(p));
    const [conditional, plain] = await Promise.all([
      resource.length
        ? this.permissions.authorizeConditional(
            resource.map(p => ({ permission: p as ResourcePermission })),
            options,
          )
        : [],
      basic.length
        ? this.permissions.authorize(
            basic.map(p => ({ permission: p as BasicPermission })),
            options,
          )
        : [],
    ]);
    return permissions.map(p =>
      isResourcePermission(p)
        ? conditional[resource.indexOf(p)]
        : plain[basic.indexOf(p)],
    );
  }

  private decide(permission: Permission): Promise<PolicyDecision> {
    let decision = this.decisions.get(permission.name);
    if (!decision) {
      decision = this.decideAll([permission]).then(([one]) => one);
      this.decisions.set(permission.name, decision);
    }
    return decision;
  }
}

/** The refusal of a permission, in a sentence that names it. */
export function notAllowed(permission: Permission): NotAllowedError {
  return refusal(
    NotAllowedError,
    sentence('permission-missing', { permission: permission.name }),
  );
}
