import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import {
  ATTENTION_SEVERITIES,
  attentionSeveritySchema,
  readMountPath,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { operationsPermissions } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionSource } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { BackendEvents } from '../lib/BackendEvents';
import type { Capability } from '../lib/capability';
import { Acknowledgements } from './Acknowledgements';
import { AttentionEvaluator } from './AttentionEvaluator';
import { AttentionNotifier } from './AttentionNotifier';
import { AttentionService } from './AttentionService';
import { AttentionStore } from './AttentionStore';
import { NotificationClaims } from './NotificationClaims';
import { attentionRoutes } from './router';

/**
 * However quiet it is, facts of the clock (a missed schedule, a run beyond its target) are
 * evaluated this often.
 */
const EVALUATE_EVERY = { seconds: 10 };
/** After a change, how long to wait for more of it. */
const SETTLE_MS = 250;
/** Topics of changes that sources may have something to say about. */
const TOPICS = new Set(['runs', 'webhooks', 'approvals']);

export interface Attention extends Capability {
  /** how many items are not closed, for metrics */
  counts: AttentionStore['counts'];
}

/** @param options.sources - all there are, ours and those of modules */
export function createAttention(options: {
  config: Config;
  knex: Knex;
  logger: LoggerService;
  notifications?: NotificationService;
  sources: AttentionSource[];
  changes: BackendEvents;
}): Attention {
  const { knex, logger, sources, changes } = options;
  const store = new AttentionStore(knex);
  const acknowledgements = new Acknowledgements(knex);
  const notifier = new AttentionNotifier(
    new NotificationClaims(knex),
    options.notifications,
    logger,
    readMountPath(options.config),
    severitiesToNotify(options.config),
  );
  const evaluator = new AttentionEvaluator({
    store,
    acknowledgements,
    sources,
    notifier,
    logger,
    onChanged: () => changes.changed('attention'),
  });
  warnOfUnseen(sources, logger);

  let timer: NodeJS.Timeout | undefined;
  changes.on('changed', topic => {
    if (!TOPICS.has(topic)) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      evaluator
        .evaluate()
        .catch(error =>
          logger.warn('Cannot evaluate what needs attention', error),
        );
    }, SETTLE_MS);
  });
  return {
    routes: attentionRoutes(
      new AttentionService(store, acknowledgements, sources, knex),
    ),
    counts: now => store.counts(now),
    tasks: [
      {
        id: 'operations-attention',
        frequency: EVALUATE_EVERY,
        timeout: { minutes: 1 },
        initialDelay: { seconds: 3 },
        fn: signal => evaluator.evaluate(signal),
      },
    ],
    stop: () => clearTimeout(timer),
  };
}

function warnOfUnseen(sources: AttentionSource[], logger: LoggerService): void {
  const known = new Set(operationsPermissions.map(p => p.name));
  for (const { id, permission } of sources) {
    if (known.has(permission)) continue;
    logger.warn(
      `Nobody sees what attention source ${id} finds: ${permission} is not a permission of Operations`,
    );
  }
}

/**
 * `operations.attention.notify`: severities of which owners are notified; critical and high by
 * default.
 */
function severitiesToNotify(config: Config) {
  const names = config.getOptionalStringArray(
    'operations.attention.notify',
  ) ?? ['critical', 'high'];
  return names.map(name => {
    const severity = attentionSeveritySchema.safeParse(name);
    if (severity.success) return severity.data;
    throw new Error(
      `operations.attention.notify: ${name} is not one of ${ATTENTION_SEVERITIES.join(
        ', ',
      )}`,
    );
  });
}
