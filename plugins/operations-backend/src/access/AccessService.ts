import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  permissionTitle,
  type ExplainedPermission,
  type MyPermissions,
  type PermissionHolder,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { operationsPermissions } from '@craft-easy/backstage-plugin-operations-common';
import type { PermissionGrant } from '@craft-easy/backstage-plugin-operations-node';
import type { Caller } from '../lib/context';
import type { Access } from '../permissions/Access';
import type { PagesInUse } from './PagesInUse';
import { conditionInWords } from './words';

/** Explains what the caller may do, and who may do the rest. It decides nothing itself. */
export class AccessService {
  /**
   * @param grants - read at each request, since modules may add grants after this is constructed
   */
  constructor(
    private readonly grants: readonly PermissionGrant[],
    private readonly pages: Pick<PagesInUse, 'unused'>,
  ) {}

  async mine(caller: Caller, access: Access): Promise<MyPermissions> {
    const [decisions, unusedPages] = await Promise.all([
      access.decideAll(operationsPermissions),
      this.pages.unused(),
    ]);
    return {
      subject: caller.onBehalfOf ?? caller.actor,
      holdersKnown: this.grants.length > 0,
      unusedPages,
      items: operationsPermissions.map(({ name, attributes }, i) => ({
        permission: name,
        title: permissionTitle(name),
        action: attributes.action,
        ...decisionOf(decisions[i]),
        holders: this.holdersOf(name),
      })),
    };
  }

  private holdersOf(permission: string): PermissionHolder[] {
    return this.grants
      .filter(grant => grant.permissions.includes(permission))
      .map(({ entityRef, condition }) => ({ entityRef, condition }));
  }
}

function decisionOf(
  decision: PolicyDecision,
): Pick<ExplainedPermission, 'decision' | 'condition'> {
  switch (decision.result) {
    case AuthorizeResult.ALLOW:
      return { decision: 'allow' };
    case AuthorizeResult.CONDITIONAL:
      return {
        decision: 'conditional',
        condition: conditionInWords(decision.conditions),
      };
    default:
      return { decision: 'deny' };
  }
}
