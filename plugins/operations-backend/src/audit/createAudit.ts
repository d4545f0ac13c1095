import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { Knex } from 'knex';
import { Idempotency } from '../lib/idempotency';
import type { Route } from '../lib/routes';
import { createAuditedActions, type AuditedActions } from './auditedAction';
import { AuditReader } from './AuditReader';
import { AuditService } from './AuditService';
import { AuditStore } from './AuditStore';
import { createRedact, type Redact } from './redact';
import { auditRoutes } from './router';

export interface Audit {
  /** every change goes through it */
  door: AuditedActions;
  store: AuditStore;
  redact: Redact;
  idempotency: Idempotency;
  routes: Route[];
}

/** Puts the one door and its trail together. */
export function createAudit(deps: {
  knex: Knex;
  config: Config;
  auditor: AuditorService;
  logger: LoggerService;
}): Audit {
  const { knex, config, auditor, logger } = deps;
  const store = new AuditStore(knex);
  const redact = createRedact(
    config.getOptionalStringArray('operations.audit.redact'),
  );
  const idempotency = new Idempotency(knex);
  return {
    store,
    redact,
    idempotency,
    door: createAuditedActions({ store, auditor, idempotency, redact, logger }),
    routes: auditRoutes(new AuditService(new AuditReader(knex))),
  };
}
