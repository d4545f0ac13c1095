import { mockCredentials } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import { createConditionAuthorizer } from '@backstage/plugin-permission-node';
import {
  jobRules,
  webhookFailureRules,
} from '@craft-easy/backstage-plugin-operations-backend';
import {
  operationsPermissions,
  RESOURCE_TYPE_JOB,
} from '@craft-easy/backstage-plugin-operations-common';
import { OWNERSHIP } from '../__testUtils__/people';
import { createRbacPolicy } from '../__testUtils__/rbac';
import { OperationsPolicy } from './OperationsPolicy';

const jobs = ['finance', 'growth', 'data'].flatMap(owner =>
  ['nordic-gym', 'alpine-spa'].map(tenant => ({
    id: `bullmq/of-${owner}`,
    owner: `group:default/${owner}`,
    tags: [],
    tenants: [tenant],
  })),
);
const failures = ['nordic-gym', 'alpine-spa'].map(tenant => ({
  id: tenant,
  tenant,
}));
const authorizers = {
  job: createConditionAuthorizer(Object.values(jobRules)),
  failure: createConditionAuthorizer(Object.values(webhookFailureRules)),
};

/** What comes of a decision: yes or no, or for which of the resources above. */
function effect(decision: PolicyDecision): unknown {
  if (decision.result !== AuthorizeResult.CONDITIONAL) return decision.result;
  const covered =
    decision.resourceType === RESOURCE_TYPE_JOB
      ? jobs.map(job => authorizers.job(decision, job))
      : failures.map(failure => authorizers.failure(decision, failure));
  return covered.includes(true) ? covered : AuthorizeResult.DENY;
}

describe('the policy files for the RBAC plugin (docs/rbac)', () => {
  it.each([...OWNERSHIP])(
    '[access.8] decide for %s as the example policy does, on every permission and by our rules',
    async (userEntityRef, ownershipEntityRefs) => {
      const rbac = await createRbacPolicy();
      const example = new OperationsPolicy();
      const user = {
        credentials: mockCredentials.user(userEntityRef),
        info: { userEntityRef, ownershipEntityRefs },
      } as Parameters<OperationsPolicy['handle']>[1];
      for (const permission of operationsPermissions) {
        const decision = await rbac(permission, ownershipEntityRefs);
        const expected = await example.handle({ permission }, user);
        expect([permission.name, effect(decision)]).toEqual([
          permission.name,
          effect(expected),
        ]);
      }
    },
  );
});
