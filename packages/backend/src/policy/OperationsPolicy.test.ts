import { mockCredentials } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  createPermission,
} from '@backstage/plugin-permission-common';
import type { Permission } from '@backstage/plugin-permission-common';
import { createConditionAuthorizer } from '@backstage/plugin-permission-node';
import {
  jobRules,
  webhookFailureRules,
} from '@craft-easy/backstage-plugin-operations-backend';
import {
  auditReadPermission,
  cachePurgePermission,
  checkinReportPermission,
  flagTogglePermission,
  jobCancelPermission,
  jobReadPermission,
  jobRetryPermission,
  jobRunPermission,
  maintenanceTogglePermission,
  migrationReportPermission,
  operationsPermissions,
  webhookReadPermission,
  webhookReplayPermission,
  webhookReportPermission,
  webhookSuppressPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import { describeGrants } from './holders';
import { OperationsPolicy } from './OperationsPolicy';

const policy = new OperationsPolicy();

/** What the policy says to a person who belongs to these groups. */
function ask(permission: Permission, ...groups: string[]) {
  const userEntityRef = 'user:default/somebody';
  const ownershipEntityRefs = [
    userEntityRef,
    ...groups.map(group => `group:default/${group}`),
  ];
  return policy.handle({ permission }, {
    credentials: mockCredentials.user(userEntityRef),
    info: { userEntityRef, ownershipEntityRefs },
  } as Parameters<OperationsPolicy['handle']>[1]);
}

const forServices: Permission[] = [
  checkinReportPermission,
  migrationReportPermission,
  webhookReportPermission,
];
const forPeople = operationsPermissions.filter(
  permission => !forServices.includes(permission),
);
const reads = forPeople.filter(p => p.attributes.action === 'read');
const actions = forPeople.filter(p => p.attributes.action !== 'read');
const everyTenantAtOnce: Permission[] = [
  cachePurgePermission,
  flagTogglePermission,
  maintenanceTogglePermission,
];

/** A job that runs for one tenant. */
const job = {
  id: 'bullmq/some-job',
  owner: '',
  tags: [],
  tenants: ['nordic-gym'],
};

beforeEach(() => {
  job.tenants = ['nordic-gym'];
});

/** What comes of it for that job, owned by somebody in particular. */
async function onJob(
  permission: Permission,
  owner: string,
  ...groups: string[]
) {
  const decision = await ask(permission, ...groups);
  const authorize = createConditionAuthorizer(Object.values(jobRules));
  return authorize(decision, { ...job, owner });
}

const ALLOW = { result: AuthorizeResult.ALLOW };
const DENY = { result: AuthorizeResult.DENY };

describe('OperationsPolicy', () => {
  it('refuses everything to somebody who is not signed in', async () => {
    expect(await policy.handle({ permission: jobReadPermission })).toEqual(
      DENY,
    );
  });

  it.each(reads)('lets a viewer use $name', async permission => {
    expect(await ask(permission, 'platform-viewers')).toEqual(ALLOW);
  });

  it.each(actions)(
    'lets a viewer use $name at most on jobs of the own team',
    async permission => {
      expect(await ask(permission, 'platform-viewers')).not.toEqual(ALLOW);
    },
  );

  it.each(forPeople)('lets an admin use $name everywhere', async permission => {
    expect(await ask(permission, 'platform-admins')).toEqual(ALLOW);
  });

  it.each(forPeople.filter(p => !everyTenantAtOnce.includes(p)))(
    'lets an operator use $name everywhere',
    async permission => {
      expect(await ask(permission, 'platform-operators')).toEqual(ALLOW);
    },
  );

  it.each(everyTenantAtOnce)('keeps $name from operators', async permission => {
    expect(await ask(permission, 'platform-operators')).toEqual(DENY);
  });

  it.each(forServices)('leaves $name to services', async permission => {
    expect(
      await ask(permission, 'platform-operators', 'platform-admins'),
    ).toEqual(DENY);
  });

  it.each([
    jobReadPermission,
    jobRunPermission,
    jobCancelPermission,
    jobRetryPermission,
  ])('lets a team use $name on its own jobs', async permission => {
    expect(await onJob(permission, 'group:default/finance', 'finance')).toBe(
      true,
    );
    expect(await onJob(permission, 'group:default/growth', 'finance')).toBe(
      false,
    );
  });

  it('lets a person use a job owned by the person alone', async () => {
    expect(await onJob(jobRunPermission, 'user:default/somebody')).toBe(true);
  });

  it('shows a support person the jobs of the own tenants', async () => {
    expect(
      await onJob(
        jobReadPermission,
        'group:default/data',
        'support-nordic-gym',
      ),
    ).toBe(true);
    job.tenants = ['alpine-spa'];
    expect(
      await onJob(
        jobReadPermission,
        'group:default/data',
        'support-nordic-gym',
      ),
    ).toBe(false);
  });

  it('lets a support person run nothing', async () => {
    expect(
      await onJob(jobRunPermission, 'group:default/data', 'support-nordic-gym'),
    ).toBe(false);
  });

  it.each([webhookReadPermission, webhookReplayPermission])(
    'lets a support person use $name on the failed webhooks of the own tenants',
    async permission => {
      const decision = await ask(permission, 'support-nordic-gym');
      const authorize = createConditionAuthorizer(
        Object.values(webhookFailureRules),
      );
      expect(authorize(decision, { id: '1', tenant: 'nordic-gym' })).toBe(true);
      expect(authorize(decision, { id: '2', tenant: 'city-dental' })).toBe(
        false,
      );
    },
  );

  it('lets a support person suppress nothing', async () => {
    expect(await ask(webhookSuppressPermission, 'support-nordic-gym')).toEqual(
      DENY,
    );
  });

  it('is explained to people line by line, as it decides', async () => {
    expect(describeGrants()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          entityRef: 'group:default/platform-operators',
          permissions: expect.arrayContaining([jobRunPermission.name]),
        }),
        {
          entityRef: undefined,
          permissions: expect.arrayContaining([jobRunPermission.name]),
          condition: 'for their own jobs',
        },
        {
          entityRef: 'group:default/support-nordic-gym',
          permissions: [
            jobReadPermission.name,
            webhookReadPermission.name,
            webhookReplayPermission.name,
          ],
          condition: 'for tenant nordic-gym',
        },
      ]),
    );
    const { ALLOW: allow, CONDITIONAL: some, DENY: deny } = AuthorizeResult;
    for (const { entityRef, permissions, condition } of describeGrants()) {
      if (!entityRef) continue;
      for (const permission of operationsPermissions) {
        const { result } = await ask(permission, entityRef.split('/')[1]);
        const granted = permissions.includes(permission.name);
        // owners' conditions are everybody's
        const fitting = granted ? [condition ? some : allow] : [deny, some];
        expect(fitting).toContain(result);
      }
    }
  });

  it('shows a support person nothing that knows no tenant', async () => {
    expect(await ask(auditReadPermission, 'support-nordic-gym')).toEqual(DENY);
    expect(await ask(cachePurgePermission, 'support-nordic-gym')).toEqual(DENY);
  });

  it('shows owners of jobs no webhooks on that account', async () => {
    expect(await ask(webhookReadPermission, 'finance')).toEqual(DENY);
  });

  it('adds up what several groups grant', async () => {
    expect(
      await ask(jobRunPermission, 'finance', 'platform-operators'),
    ).toEqual(ALLOW);
  });

  it('lets everybody signed in read the catalog, and admins alone delete from it', async () => {
    const read = createPermission({
      name: 'catalog.entity.read',
      attributes: { action: 'read' },
      resourceType: 'catalog-entity',
    });
    const remove = createPermission({
      name: 'catalog.entity.delete',
      attributes: { action: 'delete' },
      resourceType: 'catalog-entity',
    });
    expect(await ask(read)).toEqual(ALLOW);
    expect(await ask(remove, 'platform-operators')).toEqual(DENY);
    expect(await ask(remove, 'platform-admins')).toEqual(ALLOW);
  });
});
