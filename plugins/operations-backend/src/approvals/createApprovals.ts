import type {
  AuthService,
  PermissionsService,
  SchedulerService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { AttentionSource } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import { AuditStore } from '../audit/AuditStore';
import type { AuditedActions } from '../audit/auditedAction';
import type { SecondPerson } from '../audit/SecondPerson';
import type { Route } from '../lib/routes';
import { approvalAttention } from './attention';
import { ApprovalClock } from './ApprovalClock';
import { ApprovalGate } from './ApprovalGate';
import { ApprovalRules } from './ApprovalRules';
import { ApprovalsService } from './ApprovalsService';
import { ApprovalStore } from './ApprovalStore';
import { approvalRoutes } from './router';
import { Repetition } from './Repetition';
import { Requesters } from './Requesters';

export interface Approvals {
  /** what the door asks */
  gate: SecondPerson;
  /** @param door - by which approvals are decided. @returns the routes */
  open(door: AuditedActions): Route[];
  /** what can be carried out: all routes of the portal */
  useRoutes(routes: Route[], actions: AuditedActions): void;
  attention: AttentionSource;
  clock: ApprovalClock;
  schedule(scheduler: SchedulerService): Promise<void>;
}

/** Puts the rooms of this capability together. It stands within the door, and goes through it: so the door is handed over when there is one. */
export function createApprovals(deps: {
  knex: Knex;
  config: Config;
  auth: Pick<AuthService, 'getOwnServiceCredentials'>;
  catalog: Pick<CatalogService, 'getEntityByRef' | 'getEntitiesByRefs'>;
  permissions: PermissionsService;
  userInfo: UserInfoService;
  onChanged(): void;
  now?: () => number;
}): Approvals {
  const { knex, permissions, onChanged } = deps;
  const audit = new AuditStore(knex);
  const now = deps.now ?? Date.now;
  const rules = ApprovalRules.fromConfig(deps.config);
  const store = new ApprovalStore(knex);
  const requesters = new Requesters(deps);
  const clock = new ApprovalClock({ knex, store, audit, onChanged, now });
  const repetition = new Repetition({ permissions, requesters });
  let service: ApprovalsService;
  return {
    gate: new ApprovalGate({
      ...{ knex, rules, store, audit, requesters, onChanged, now },
      view: (id, caller) => service.view(id, caller),
    }),
    open(door) {
      service = new ApprovalsService({
        ...{ store, door, repetition, onChanged, now },
        byAgents: rules.byAgents,
      });
      return approvalRoutes(service, rules);
    },
    useRoutes: (routes, actions) => repetition.useRoutes(routes, actions),
    attention: approvalAttention(store),
    clock,
    schedule: scheduler =>
      scheduler.scheduleTask({
        id: 'operations-approvals',
        frequency: { minutes: 1 },
        timeout: { minutes: 5 },
        initialDelay: { seconds: 15 },
        scope: 'global',
        fn: () => clock.tick(),
      }),
  };
}
