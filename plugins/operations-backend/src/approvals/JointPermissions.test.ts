import { mockCredentials } from '@backstage/backend-test-utils';
import type { PermissionsService } from '@backstage/backend-plugin-api';
import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  flagTogglePermission,
  jobRunPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import { Access } from '../permissions/Access';
import { operationsConditions } from '../permissions/jobRules';
import { JointPermissions } from './JointPermissions';

const ALLOW: PolicyDecision = { result: AuthorizeResult.ALLOW };
const DENY: PolicyDecision = { result: AuthorizeResult.DENY };
const forTenants = (...tenants: string[]): PolicyDecision => ({
  result: AuthorizeResult.CONDITIONAL,
  pluginId: 'operations',
  resourceType: 'operations-job',
  conditions: operationsConditions.hasTenant({ tenants }),
});

/**
 * Access of two people, from the policy's present decision on one and its earlier one on the
 * other.
 */
function jointAccess(now: PolicyDecision, before?: PolicyDecision): Access {
  const live = {
    authorize: async () => [now],
    authorizeConditional: async () => [now],
  } as unknown as PermissionsService;
  const decisions = before && {
    [jobRunPermission.name]: before,
    [flagTogglePermission.name]: before,
  };
  return new Access(
    new JointPermissions(live, decisions ?? {}),
    mockCredentials.user(),
  );
}

const job = { id: 'bullmq/a', owner: 'group:default/a', tags: [] };

describe('the joint permissions of two people', () => {
  it.each([
    [ALLOW, ALLOW, true],
    [ALLOW, DENY, false],
    [DENY, ALLOW, false],
    [ALLOW, undefined, false],
  ])('is what each of them may: %j and %j', async (now, before, may) => {
    const access = jointAccess(now, before);
    expect(await access.has(flagTogglePermission)).toBe(may);
    expect((await access.jobs(jobRunPermission)).isEverything).toBe(may);
  });

  it('cover what the conditions of both select', async () => {
    const jobs = await jointAccess(
      forTenants('x', 'y'),
      forTenants('y', 'z'),
    ).jobs(jobRunPermission);
    expect(['x', 'y', 'z'].map(t => jobs.covers(job, t))).toEqual([
      false,
      true,
      false,
    ]);
    for (const [now, before] of [
      [ALLOW, forTenants('y')],
      [forTenants('y'), ALLOW],
    ]) {
      const one = await jointAccess(now, before).jobs(jobRunPermission);
      expect(['x', 'y'].map(t => one.covers(job, t))).toEqual([false, true]);
    }
  });
});
