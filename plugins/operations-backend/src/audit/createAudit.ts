import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { AuditCheckpointArchive } from '@craft-easy/backstage-plugin-operations-node';
import {
  createTextRedactor,
  type RedactText,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Knex } from 'knex';
import { Idempotency } from '../lib/idempotency';
import type { BackendEvents } from '../lib/BackendEvents';
import type { Capability, Task } from '../lib/capability';
import { DAY_MS } from '../lib/time';
import { startLoop } from '../platform/loop';
import { ActionPace } from './ActionPace';
import { AuditedActions, type SecondPerson } from './AuditedActions';
import { AuditReader } from './AuditReader';
import { AuditService } from './AuditService';
import { AuditStore } from './AuditStore';
import { auditAttention } from './attention';
import { CheckpointKeys } from './checkpoints/CheckpointKeys';
import { CheckpointService } from './checkpoints/CheckpointService';
import { CheckpointStore } from './checkpoints/CheckpointStore';
import { fileArchive } from './checkpoints/fileArchive';
import { createRedact, type Redact } from './redact';
import { AuditRetention } from './retention';
import { auditRoutes } from './router';
import { EntryLeases } from './settling/EntryLeases';
import { OpenEntries } from './settling/OpenEntries';
import { Settler } from './settling/Settler';
import { TrailMemory } from './TrailMemory';
import { TrailVerifier } from './TrailVerifier';
import { TrailWatch } from './TrailWatch';

export interface Audit extends Capability {
  /** every change goes through these */
  actions: AuditedActions;
  store: AuditStore;
  redact: Redact;
  /** for logs and errors of runs */
  redactText: RedactText;
  /** how fast actors, and what workers report, may fill the trail */
  pace: ActionPace;
  idempotency: Idempotency;
  keys: CheckpointKeys;
  /** signs the trail's state */
  checkpoints: CheckpointService;
  /** prunes; absent where rows are kept for ever */
  retention?: AuditRetention;
  /** settles what a process that died has left open; learns from the routes how */
  settler: Settler;
}

/** How often each replica looks for entries without an outcome, and for a trail that shrank. */
const LOOK_EVERY_MS = 2_000;
/** Rows after which a checkpoint is signed, whatever the time. */
const CHECKPOINT_EVERY_ROWS = 1_000;

/** Longer than any client repeats a request. */
const KEEP_KEYS_MS = 7 * DAY_MS;

/** Creates the audited actions and their trail. */
export function createAudit(options: {
  knex: Knex;
  config: Config;
  auditor: AuditorService;
  logger: LoggerService;
  archives?: AuditCheckpointArchive[];
  /** asked before each action whether another person has to approve it */
  secondPerson?: SecondPerson;
  /** notified when an action of a capability was taken */
  changes?: Pick<BackendEvents, 'changed'>;
}): Audit {
  const { knex, config, auditor, logger, archives = [] } = options;
  const settings = config.getOptionalConfig('operations.audit');
  const texts = settings?.getOptionalStringArray('redactText');
  const redact = createRedact(
    settings?.getOptionalStringArray('redact'),
    texts,
  );
  const idempotency = new Idempotency(knex);
  const pace = ActionPace.fromConfig(knex, config);
  const reader = new AuditReader(knex);

  const keys = CheckpointKeys.fromConfig(config);
  const file = settings?.getOptionalString('checkpoints.file');
  const checkpointStore = new CheckpointStore(knex);
  const checkpoints = new CheckpointService({
    reader,
    keys,
    logger,
    store: checkpointStore,
    archives: file ? [fileArchive(file), ...archives] : archives,
    everyRows:
      settings?.getOptionalNumber('checkpoints.everyRows') ??
      CHECKPOINT_EVERY_ROWS,
  });
  const memory = new TrailMemory({
    onChanged: why =>
      logger.error(`The audit trail is not what it was: ${why}`),
    onGrown: sequence => checkpoints.grown(sequence),
  });
  const store = new AuditStore(knex, memory);
  const signed = { keys, store: checkpointStore, checkpoints };
  const verifier = new TrailVerifier({ reader, memory, ...signed });
  const watch = new TrailWatch({ reader, memory, ...signed });
  const entries = new OpenEntries(knex);
  const settler = new Settler({ entries, store, logger });

  const days = settings?.getOptionalNumber('retentionDays');
  if (days !== undefined && !keys.canSign) {
    throw new Error(
      'operations.audit.retentionDays needs a key in operations.audit.checkpoints.keys: what is pruned is signed for',
    );
  }
  const retention =
    days === undefined
      ? undefined
      : new AuditRetention({
          knex,
          days,
          keys,
          logger,
          audit: store,
          store: checkpointStore,
          checkpoints,
          verify: () => verifier.verifyAll(),
        });

  const tasks: Task[] = [
    {
      id: 'operations-action-limits',
      frequency: { hours: 1 },
      timeout: { minutes: 5 },
      initialDelay: { minutes: 5 },
      async fn() {
        await pace.prune();
        await idempotency.prune(Date.now() - KEEP_KEYS_MS);
      },
    },
  ];
  if (keys.canSign) {
    tasks.push({
      id: 'operations-audit-checkpoints',
      frequency: {
        minutes: settings?.getOptionalNumber('checkpoints.everyMinutes') ?? 60,
      },
      timeout: { minutes: 5 },
      initialDelay: { seconds: 20 },
      async fn() {
        await checkpoints.make();
      },
    });
  }
  if (retention) {
    tasks.push({
      id: 'operations-audit-retention',
      frequency: { hours: 24 },
      timeout: { hours: 2 },
      initialDelay: { minutes: 10 },
      async fn(signal) {
        const deleted = await retention.apply(signal);
        if (deleted) logger.info(`Audit retention deleted ${deleted} rows`);
      },
    });
  }
  const stopping = new AbortController();
  let looking: Promise<void> = Promise.resolve();
  return {
    actions: new AuditedActions({
      store,
      leases: new EntryLeases(entries),
      auditor,
      idempotency,
      redact,
      logger,
      pace,
      secondPerson: options.secondPerson,
      onActed: capability => options.changes?.changed(capability),
    }),
    store,
    redact,
    pace,
    redactText: createTextRedactor(texts, [], 'operations.audit.redactText'),
    idempotency,
    keys,
    checkpoints,
    retention,
    settler,
    attention: [auditAttention({ memory, checkpoints, canSign: keys.canSign })],
    async start() {
      // before a checkpoint of the present state is made: it might not be what was left
      await watch.begin();
      await watch.look();
      await checkpoints.begin();
      looking = startLoop({
        name: 'Looking after the audit trail',
        pauseMs: LOOK_EVERY_MS,
        signal: stopping.signal,
        logger,
        async work() {
          await watch.look();
          if (await settler.look()) options.changes?.changed('audit');
        },
      }).done;
    },
    async stop() {
      stopping.abort();
      await looking;
      await checkpoints.end();
    },
    routes: auditRoutes({
      audit: new AuditService(reader),
      verifier,
      ...signed,
    }),
    tasks,
  };
}
