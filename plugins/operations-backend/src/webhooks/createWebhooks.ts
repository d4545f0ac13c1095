import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { webhookFailurePermissions } from '@craft-easy/backstage-plugin-operations-common/internal';
import { webhookReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  WEBHOOK_DISPATCHER_TTL_MS,
  WEBHOOK_FAILURES_STREAM_MAX_LENGTH,
  webhookReportSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { ServiceUnavailableError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { PlatformHealth } from '../jobs/ports';
import type { BackendEvents } from '../lib/BackendEvents';
import { cachedFor } from '../lib/cachedFor';
import { redisTime } from '../lib/redisTime';
import type { Capability } from '../lib/capability';
import { hasRows } from '../lib/sql';
import { startLoop } from '../platform/loop';
import { decodeAs } from '../platform/streams/decode';
import { isMissing, ReportStream } from '../platform/streams/ReportStream';
import {
  STREAM_CONSUMER_TIMINGS,
  StreamConsumer,
} from '../platform/streams/StreamConsumer';
import { webhookFacts } from './attention';
import type { PlatformState } from './capabilities';
import { InboxService } from './InboxService';
import { IntakeService } from './IntakeService';
import { fromProtocol, Report } from './recorder/reports';
import { RecordedReports, WebhookRecorder } from './recorder/WebhookRecorder';
import { RequestSigner } from '../platform/requests/RequestSigner';
import { ReplayRunner } from './ReplayRunner';
import { ReplayService } from './ReplayService';
import { RetentionStore } from './retention/RetentionStore';
import {
  applyWebhookRetention,
  readWebhookRetention,
} from './retention/retention';
import { webhookRoutes } from './router';
import { PLATFORM_SOURCE } from './rows';
import { SummaryStore } from './SummaryStore';
import { SuppressionService } from './SuppressionService';
import {
  getWebhookResources,
  webhookFailureResourceRef,
  webhookFailureRules,
} from './webhookRules';
import { refusal, saidBy, sentence } from '../lib/sentences';

const TRIM_EVERY_MS = 60_000;
const DISPATCHERS_KNOWN_MS = 2_000;

/** The webhooks capability of the backend. */
export interface Webhooks extends Capability {
  recorder: WebhookRecorder;
  inbox: InboxService;
  start(): void;
  stop(): Promise<void>;
}

export function createWebhooks(options: {
  knex: Knex;
  redis: OperationsRedis;
  logger: LoggerService;
  config: Config;
  health: Pick<PlatformHealth, 'available' | 'asOf' | 'reason'>;
  /** absent: replays are not signed */
  signer?: RequestSigner;
  /** learns, often, that failures, replays or suppressions were changed */
  changes: Pick<BackendEvents, 'changed'>;
}): Webhooks {
  const { knex, redis, logger, health } = options;
  const onChanged = () => options.changes.changed('webhooks');
  const recorder = new WebhookRecorder(knex);
  const platform = platformState(redis, health);
  const runner = new ReplayRunner({
    knex,
    redis,
    logger,
    signer: options.signer ?? RequestSigner.none,
    onChange: onChanged,
  });
  const inbox = new InboxService(knex, () => health, platform);
  const summaries = new SummaryStore(knex);
  const failuresPerHour = options.config.getOptionalNumber(
    'operations.webhooks.failuresPerHour',
  );
  const retention = readWebhookRetention(options.config);

  const stopping = new AbortController();
  const running: Array<Promise<void>> = [];
  let closeStream: (() => void) | undefined;

  return {
    recorder,
    inbox,
    routes: webhookRoutes({
      inbox,
      replays: new ReplayService({ knex, inbox, runner, platform }),
      suppressions: new SuppressionService(knex),
      intake: new IntakeService({ knex, recorder, onChanged }),
    }),
    resourceTypes: [
      {
        resourceRef: webhookFailureResourceRef,
        permissions: webhookFailurePermissions,
        rules: Object.values(webhookFailureRules),
        getResources: refs => getWebhookResources(knex, refs),
      },
    ],
    attention: [
      {
        id: 'webhooks',
        permission: webhookReadPermission.name,
        getFacts: ({ now }) =>
          webhookFacts(summaries, now.getTime(), failuresPerHour),
      },
    ],
    tasks: [
      {
        id: 'operations-webhook-retention',
        frequency: { hours: 1 },
        timeout: { minutes: 50 },
        initialDelay: { minutes: 5 },
        async fn(signal) {
          const deleted = await applyWebhookRetention(
            new RetentionStore(knex),
            retention,
            Date.now(),
            signal,
          );
          if (!deleted) return;
          logger.info(`Retention deleted ${deleted} failed webhooks`);
          onChanged();
        },
      },
    ],
    pagesInUse: {
      async webhooks() {
        if (await hasRows(knex, 'webhook_failures')) return true;
        if (await hasRows(knex, 'webhook_suppressions')) return true;
        const { available, reason, dispatchers } = await platform();
        if (!available)
          throw refusal(
            ServiceUnavailableError,
            reason ?? sentence('platform-away'),
          );
        return dispatchers > 0;
      },
    },
    start() {
      const { signal } = stopping;
      const stream = new ReportStream(redis, {
        connection: 'webhooks',
        key: redis.keys.webhookFailures,
        rejectedKey: `${redis.keys.webhookFailures}-rejected`,
        capacity: WEBHOOK_FAILURES_STREAM_MAX_LENGTH,
      });
      closeStream = () => stream.close();
      const consumer = new StreamConsumer<Report, RecordedReports>({
        stream,
        recorder,
        logger,
        onApplied: onChanged,
        timings: STREAM_CONSUMER_TIMINGS,
        decode: fields => {
          const decoded = decodeAs(webhookReportSchema, fields);
          return 'record' in decoded
            ? { record: fromProtocol(decoded.record, PLATFORM_SOURCE) }
            : decoded;
        },
      });
      runner.start();
      running.push(
        consumer.start(signal),
        startLoop({
          name: 'Trimming the stream of webhook failures',
          pauseMs: TRIM_EVERY_MS,
          signal,
          logger,
          work: () =>
            stream.trim().catch(error => {
              // nothing was ever reported, or Redis was emptied
              if (!isMissing(error)) throw error;
            }),
        }).done,
      );
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled([...running, runner.stop()]);
      closeStream?.();
    },
  };
}

/** Whether Redis is there and a dispatcher alive; asked of Redis every two seconds at most. */
function platformState(
  redis: OperationsRedis,
  health: Pick<PlatformHealth, 'available' | 'reason'>,
): () => Promise<PlatformState> {
  const dispatchers = cachedFor(DISPATCHERS_KNOWN_MS, () =>
    redis.execute(async client => {
      const { webhookDispatchers } = redis.keys;
      const now = await redisTime(client, webhookDispatchers);
      const since = now - WEBHOOK_DISPATCHER_TTL_MS;
      return client.zcount(webhookDispatchers, since, '+inf');
    }),
  );
  return async () => {
    const { available, reason } = health;
    if (!available) return { available, reason, dispatchers: 0 };
    try {
      return { available, dispatchers: await dispatchers.get() };
    } catch (error) {
      return {
        available: false,
        reason: saidBy(error as Error),
        dispatchers: 0,
      };
    }
  };
}
