/**
 * Evaluates the policy files of docs/rbac as the community RBAC plugin does: the CSV with casbin,
 * the YAML with the conditions of its rules.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  AuthorizeResult,
  isResourcePermission,
  type Permission,
  type PermissionCondition,
  type PermissionCriteria,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import { newEnforcer, newModel, StringAdapter } from 'casbin';
import { parseAllDocuments } from 'yaml';

/** A document of the conditional policies file. */
export interface ConditionalPolicy {
  result: 'CONDITIONAL';
  roleEntityRef: string;
  pluginId: string;
  resourceType: string;
  permissionMapping: Array<{ name: string; action: string }>;
  conditions: PermissionCondition;
}

/** The model of the plugin, which its policy files are written for. */
const MODEL = `
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[role_definition]
g = _, _

[matchers]
m = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act
`;

const read = (name: string) =>
  readFileSync(resolve(__dirname, '../../../../docs/rbac', name), 'utf8');

export const POLICY_CSV = read('operations-policy.csv');
export const CONDITIONS: ConditionalPolicy[] = parseAllDocuments(
  read('operations-conditions.yaml'),
).map(document => document.toJS());

/**
 * Decides as the plugin does with `policyDecisionPrecedence: basic`: what a line of the CSV
 * allows is allowed; else the conditions of one's roles.
 * @returns the decision on a permission for somebody with these ownership references
 */
export async function createRbacPolicy(): Promise<
  (permission: Permission, ownership: string[]) => Promise<PolicyDecision>
> {
  const enforcer = await newEnforcer(
    newModel(MODEL),
    new StringAdapter(POLICY_CSV),
  );
  return async (permission, ownership) => {
    const action = permission.attributes.action ?? 'use';
    const asked = ownership.map(ref =>
      enforcer.enforce(ref, permission.name, action),
    );
    if ((await Promise.all(asked)).includes(true)) {
      return { result: AuthorizeResult.ALLOW };
    }
    if (!isResourcePermission(permission)) {
      return { result: AuthorizeResult.DENY };
    }
    const ofEach = await Promise.all(
      ownership.map(ref => enforcer.getRolesForUser(ref)),
    );
    const roles = ofEach.flat();
    const conditions = CONDITIONS.filter(
      one =>
        roles.includes(one.roleEntityRef) &&
        one.resourceType === permission.resourceType &&
        one.permissionMapping.some(
          to => to.name === permission.name && to.action === action,
        ),
    ).map(one => resolved(one.conditions, ownership));
    if (!conditions.length) return { result: AuthorizeResult.DENY };
    return {
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'operations',
      resourceType: permission.resourceType,
      conditions: { anyOf: conditions } as PermissionCriteria<
        PermissionCondition<string>
      >,
    };
  };
}

function resolved(
  condition: PermissionCondition,
  ownership: string[],
): PermissionCondition {
  const params = Object.entries(condition.params ?? {}).map(
    ([name, values]) => [
      name,
      (values as string[]).flatMap(value =>
        value === '$ownerRefs' ? ownership : [value],
      ),
    ],
  );
  return { ...condition, params: Object.fromEntries(params) };
}
