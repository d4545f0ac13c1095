import type {
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import {
  ATTENTION_SEVERITIES,
  attentionSeveritySchema,
  operationsPermissions,
} from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionSource } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { AuditedActions } from '../audit/auditedAction';
import type { Route } from '../lib/routes';
import { Acknowledgements } from './Acknowledgements';
import { AttentionActions } from './AttentionActions';
import { AttentionEvaluator } from './AttentionEvaluator';
import { AttentionNotifier } from './AttentionNotifier';
import { AttentionService } from './AttentionService';
import { AttentionStore } from './AttentionStore';
import { NotificationClaims } from './NotificationClaims';
import { attentionRoutes } from './router';

/** However quiet it is, facts of the clock (a schedule missed, a run beyond its target) are looked at this often. */
const LOOK_EVERY = { seconds: 10 };
/** After a change, so long for more of it to come. */
const SETTLE_MS = 250;

export interface Attention {
  routes: Route[];
  /** Something changed that sources may tell of: looked at shortly, many calls at once. */
  kick(): void;
  /** How many items are not closed, for metrics. */
  counts: AttentionStore['counts'];
}

/** Puts the rooms of this capability together. @param sources - all there are, ours and those of modules */
export function createAttention(deps: {
  config: Config;
  knex: Knex;
  logger: LoggerService;
  lifecycle: LifecycleService;
  scheduler: SchedulerService;
  notifications?: NotificationService;
  actions: AuditedActions;
  sources: AttentionSource[];
  onChanged(): void;
}): Attention {
  const { knex, logger, scheduler, lifecycle, sources, onChanged } = deps;
  const store = new AttentionStore(knex);
  const acknowledgements = new Acknowledgements(knex);
  const notifier = new AttentionNotifier(
    new NotificationClaims(knex),
    deps.notifications,
    logger,
    severitiesToTell(deps.config),
  );
  const evaluator = new AttentionEvaluator({
    store,
    acknowledgements,
    sources,
    notifier,
    logger,
    onChanged,
  });
  const service = new AttentionService(store, acknowledgements, sources, knex);

  let timer: NodeJS.Timeout | undefined;
  const kick = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      evaluator
        .evaluate()
        .catch(error =>
          logger.warn('Cannot look at what needs attention', error),
        );
    }, SETTLE_MS);
  };
  lifecycle.addStartupHook(() =>
    scheduler.scheduleTask({
      id: 'operations-attention',
      frequency: LOOK_EVERY,
      timeout: { minutes: 1 },
      initialDelay: { seconds: 3 },
      scope: 'global',
      fn: signal => evaluator.evaluate(signal),
    }),
  );
  lifecycle.addShutdownHook(() => clearTimeout(timer));

  const names = new Set(sources.map(source => source.permission));
  const known = new Set(operationsPermissions.map(p => p.name));
  for (const { id, permission } of sources) {
    if (known.has(permission)) continue;
    logger.warn(
      `Nobody sees what attention source ${id} finds: ${permission} is no permission of Operations`,
    );
  }
  return {
    routes: attentionRoutes(
      service,
      new AttentionActions(service, deps.actions, onChanged),
      operationsPermissions.filter(p => names.has(p.name)),
    ),
    kick,
    counts: now => store.counts(now),
  };
}

/** `operations.attention.notify`: severities that owners are told of; critical and high where nothing is said. */
function severitiesToTell(config: Config) {
  const names = config.getOptionalStringArray(
    'operations.attention.notify',
  ) ?? ['critical', 'high'];
  return names.map(name => {
    const severity = attentionSeveritySchema.safeParse(name);
    if (severity.success) return severity.data;
    throw new Error(
      `operations.attention.notify: ${name} is none of ${ATTENTION_SEVERITIES.join(
        ', ',
      )}`,
    );
  });
}
