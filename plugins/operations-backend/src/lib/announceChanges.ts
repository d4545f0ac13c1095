import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import { JOBS_CHANGED_TOPIC } from '@craft-easy/backstage-plugin-operations-common';
import type { BackendEvents } from './BackendEvents';
import { throttled } from './throttled';

/** Channel on which open pages learn that something was changed. */
const CHANNEL = 'operations';
/** Pages learn of changes of one topic at most this often. */
const PAGES_EVERY_MS = 500;
/**
 * The catalog learns of changed jobs at most this often: a deployment announces its jobs one by
 * one.
 */
const CATALOG_EVERY_MS = 1000;

/**
 * Announces changes to open pages and to the catalog. An announcement names the topic and nothing
 * else: the channel has no permissions, so pages ask the API anew.
 */
export function announceChanges(options: {
  changes: BackendEvents;
  events: EventsService;
  signals: SignalsService;
  logger: LoggerService;
}): { stop(): void } {
  const { events, signals, logger } = options;
  const warn = (error: unknown) =>
    logger.debug('Cannot announce a change', error as Error);
  const pages = throttled(PAGES_EVERY_MS, changed => {
    signals
      .publish({
        channel: CHANNEL,
        recipients: { type: 'broadcast' },
        message: { changed },
      })
      .catch(warn);
  });
  const catalog = throttled(CATALOG_EVERY_MS, () => {
    events.publish({ topic: JOBS_CHANGED_TOPIC, eventPayload: {} }).catch(warn);
  });
  options.changes.on('changed', topic => {
    pages.call(topic);
    if (topic === 'registry') catalog.call(topic);
  });
  return {
    stop() {
      pages.stop();
      catalog.stop();
    },
  };
}
