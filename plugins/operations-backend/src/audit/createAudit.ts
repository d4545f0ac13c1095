import type {
  AuditorService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { AuditCheckpointArchive } from '@craft-easy/backstage-plugin-operations-node';
import {
  createTextRedactor,
  type RedactText,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import { Idempotency } from '../lib/idempotency';
import type { Route } from '../lib/routes';
import { ActionPace } from './ActionPace';
import { createAuditedActions, type AuditedActions } from './auditedAction';
import { AuditReader } from './AuditReader';
import { AuditService } from './AuditService';
import { AuditStore } from './AuditStore';
import { CheckpointKeys } from './checkpoints/CheckpointKeys';
import { CheckpointService } from './checkpoints/CheckpointService';
import { CheckpointStore } from './checkpoints/CheckpointStore';
import { fileArchive } from './checkpoints/fileArchive';
import { createRedact, type Redact } from './redact';
import { AuditRetention } from './retention';
import { auditRoutes } from './router';
import type { SecondPerson } from './SecondPerson';
import { TrailVerifier } from './TrailVerifier';

export interface Audit {
  /** every change goes through it */
  door: AuditedActions;
  store: AuditStore;
  redact: Redact;
  /** for logs and errors of runs */
  redactText: RedactText;
  idempotency: Idempotency;
  routes: Route[];
  keys: CheckpointKeys;
  /** signs the trail's state */
  checkpoints: CheckpointService;
  /** prunes; absent where rows are kept for ever */
  retention?: AuditRetention;
  /** begins the work that one replica does from time to time */
  schedule(scheduler: SchedulerService): Promise<void>;
}

/** Puts the one door and its trail together. */
export function createAudit(deps: {
  knex: Knex;
  config: Config;
  auditor: AuditorService;
  logger: LoggerService;
  archives?: AuditCheckpointArchive[];
  /** whom the door asks whether somebody else has to approve */
  secondPerson?: SecondPerson;
}): Audit {
  const { knex, config, auditor, logger } = deps;
  const store = new AuditStore(knex);
  const texts = config.getOptionalStringArray('operations.audit.redactText');
  const redact = createRedact(
    config.getOptionalStringArray('operations.audit.redact'),
    texts,
  );
  const idempotency = new Idempotency(knex);
  const pace = ActionPace.fromConfig(knex, config);
  const reader = new AuditReader(knex);

  const keys = CheckpointKeys.fromConfig(config);
  const file = config.getOptionalString('operations.audit.checkpoints.file');
  const signed = {
    keys,
    store: new CheckpointStore(knex),
    checkpoints: new CheckpointService({
      ...{ reader, keys, logger },
      store: new CheckpointStore(knex),
      archives: [
        ...(file ? [fileArchive(file)] : []),
        ...(deps.archives ?? []),
      ],
    }),
  };
  const verifier = new TrailVerifier({ reader, ...signed });

  const days = config.getOptionalNumber('operations.audit.retentionDays');
  if (days !== undefined && !keys.canSign) {
    throw new Error(
      'operations.audit.retentionDays needs a key in operations.audit.checkpoints.keys: what is pruned is signed for',
    );
  }
  const retention =
    days === undefined
      ? undefined
      : new AuditRetention({
          ...{ knex, days, keys, logger, audit: store },
          store: signed.store,
          checkpoints: signed.checkpoints,
          verify: () => verifier.verifyAll(),
        });

  const everyMinutes =
    config.getOptionalNumber('operations.audit.checkpoints.everyMinutes') ?? 60;
  return {
    store,
    redact,
    redactText: createTextRedactor(texts),
    idempotency,
    door: createAuditedActions({
      ...{ store, auditor, idempotency, redact, logger, pace },
      secondPerson: deps.secondPerson,
    }),
    routes: auditRoutes(new AuditService(reader), verifier, signed),
    ...{ keys, retention, checkpoints: signed.checkpoints },
    async schedule(scheduler) {
      await scheduler.scheduleTask({
        id: 'operations-action-pace',
        frequency: { hours: 1 },
        timeout: { minutes: 5 },
        initialDelay: { minutes: 5 },
        scope: 'global',
        fn: () => pace.forget(),
      });
      if (!keys.canSign) return;
      await scheduler.scheduleTask({
        id: 'operations-audit-checkpoints',
        frequency: { minutes: everyMinutes },
        timeout: { minutes: 5 },
        initialDelay: { seconds: 20 },
        scope: 'global',
        fn: async () => {
          await signed.checkpoints.make();
        },
      });
      if (!retention) return;
      await scheduler.scheduleTask({
        id: 'operations-audit-retention',
        frequency: { hours: 24 },
        timeout: { hours: 2 },
        initialDelay: { minutes: 10 },
        scope: 'global',
        fn: async signal => {
          const deleted = await retention.apply(signal);
          if (deleted) logger.info(`Audit retention deleted ${deleted} rows`);
        },
      });
    },
  };
}
