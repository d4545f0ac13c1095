import { mockCredentials } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  createPermission,
} from '@backstage/plugin-permission-common';
import type { Permission } from '@backstage/plugin-permission-common';
import {
  auditReadPermission,
  cachePurgePermission,
  flagTogglePermission,
  jobCancelPermission,
  jobReadPermission,
  jobRetryPermission,
  jobRunPermission,
  maintenanceTogglePermission,
  migrationReportPermission,
  operationsPermissions,
  webhookReportPermission,
} from '@craft-easy/backstage-plugin-operations-common';
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
    expect(await ask(permission, 'finance')).toEqual({
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'operations',
      resourceType: 'operations-job',
      conditions: {
        anyOf: [
          {
            rule: 'IS_JOB_OWNER',
            resourceType: 'operations-job',
            params: {
              owners: ['user:default/somebody', 'group:default/finance'],
            },
          },
        ],
      },
    });
  });

  it('shows a support person the jobs of the own tenants, and nothing of the audit trail', async () => {
    expect(await ask(jobReadPermission, 'support-nordic-gym')).toMatchObject({
      result: AuthorizeResult.CONDITIONAL,
      conditions: {
        anyOf: [
          { rule: 'IS_JOB_OWNER' },
          { rule: 'HAS_TENANT', params: { tenants: ['nordic-gym'] } },
        ],
      },
    });
    expect(await ask(auditReadPermission, 'support-nordic-gym')).toEqual(DENY);
  });

  it('lets a support person act on no tenant', async () => {
    const decision = await ask(jobRunPermission, 'support-nordic-gym');
    expect(JSON.stringify(decision)).not.toContain('HAS_TENANT');
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
