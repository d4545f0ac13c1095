import type {
  AuthService,
  PermissionsService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { approvalDecidePermission } from '@craft-easy/backstage-plugin-operations-common';
import type { PermissionGrant } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { SecondPerson } from '../audit/AuditedActions';
import { AuditStore } from '../audit/AuditStore';
import type { BackendEvents } from '../lib/BackendEvents';
import type { Capability } from '../lib/capability';
import { hasRows } from '../lib/sql';
import { approvalAttention } from './attention';
import { ApprovalClock } from './ApprovalClock';
import { ApprovalGate } from './ApprovalGate';
import { ApprovalRules } from './ApprovalRules';
import { ApprovalsService } from './ApprovalsService';
import { ApprovalStore, type ApprovalRow } from './ApprovalStore';
import { ApprovedRequests } from './ApprovedRequests';
import { ownPermissions } from './ownPermissions';
import { Requesters } from './Requesters';
import { approvalRoutes } from './router';

export interface Approvals extends Capability {
  /** asked by `AuditedActions` before each action */
  gate: SecondPerson;
  clock: ApprovalClock;
}

export function createApprovals(options: {
  knex: Knex;
  config: Config;
  auth: Pick<AuthService, 'getOwnServiceCredentials'>;
  catalog: Pick<CatalogService, 'getEntityByRef' | 'getEntitiesByRefs'>;
  permissions: PermissionsService;
  userInfo: UserInfoService;
  changes: Pick<BackendEvents, 'changed'>;
  /** what modules say who has which permission; they may add some later */
  grants: readonly PermissionGrant[];
  now?: () => number;
}): Approvals {
  const { knex, permissions, now = Date.now } = options;
  const onChanged = () => options.changes.changed('approvals');
  const audit = new AuditStore(knex);
  const rules = ApprovalRules.fromConfig(options.config);
  const store = new ApprovalStore(knex);
  const requesters = new Requesters(options);
  const requests = new ApprovedRequests({ permissions, requesters });
  const shared = { knex, store, audit, onChanged, now };
  const clock = new ApprovalClock(shared);
  return {
    gate: new ApprovalGate({ ...shared, rules, requesters }),
    clock,
    routes: approvalRoutes({
      service: new ApprovalsService({
        ...{ store, requests, now },
        byAgents: rules.byAgents,
      }),
      ...{ store, requests },
      rules,
    }),
    attention: [
      approvalAttention(
        store,
        row => rules.notify ?? decidersOf(row, options.grants),
      ),
    ],
    pagesInUse: {
      approvals: async () =>
        rules.published.length > 0 || hasRows(knex, 'approvals'),
    },
    tasks: [
      {
        id: 'operations-approvals',
        frequency: { minutes: 1 },
        timeout: { minutes: 5 },
        initialDelay: { seconds: 15 },
        fn: () => clock.tick(),
      },
    ],
  };
}

/** Who may decide it and do it themselves. A condition might hide from them what is announced. */
function decidersOf(
  row: ApprovalRow,
  grants: readonly PermissionGrant[],
): string[] {
  const names = ownPermissions(row);
  return grants
    .filter(({ permissions }) =>
      permissions.includes(approvalDecidePermission.name),
    )
    .filter(
      ({ permissions }) =>
        names.length === 0 || names.some(name => permissions.includes(name)),
    )
    .flatMap(({ entityRef, condition }) =>
      entityRef && !condition ? [entityRef] : [],
    );
}
