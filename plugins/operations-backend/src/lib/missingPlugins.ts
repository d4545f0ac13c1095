import type {
  DiscoveryService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';

/** Plugins of Backstage that a portal can do without, and what it then lacks. */
const OPTIONAL = {
  events:
    'with several replicas, open pages and the catalog learn of what another replica did only when they ask, every 15 and every 30 seconds; a single one needs it for nothing',
  signals: 'open pages learn of changes only when they ask, every 15 seconds',
  notifications: 'nobody is notified of what needs attention',
} as const;

type Optional = keyof typeof OPTIONAL;

/** How long a plugin has to answer. One that does not is not called missing. */
const ANSWERS_WITHIN_MS = 10_000;

/**
 * Says once in the log which of Backstage's plugins the portal lacks, and what that means for
 * Operations. Publishing an event or a signal succeeds without anybody to hear it.
 */
export async function reportMissingPlugins(options: {
  config: Config;
  discovery: DiscoveryService;
  logger: LoggerService;
}): Promise<void> {
  const { config, discovery, logger } = options;
  const wanted = (Object.keys(OPTIONAL) as Optional[]).filter(
    id =>
      id !== 'events' ||
      config.getOptionalString('events.useEventBus') !== 'never',
  );
  await Promise.all(
    wanted.map(async id => {
      try {
        if (await isInstalled(await discovery.getBaseUrl(id))) return;
        logger.info(
          `@backstage/plugin-${id}-backend is not installed: ${OPTIONAL[id]}. Everything else works`,
        );
      } catch (error) {
        logger.debug(`Cannot see whether ${id} is installed`, error as Error);
      }
    }),
  );
}

/** Whether a plugin answers there: each one publishes the keys by which its tokens are verified. */
async function isInstalled(baseUrl: string): Promise<boolean> {
  const response = await fetch(`${baseUrl}/.backstage/auth/v1/jwks.json`, {
    signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
  });
  await response.body?.cancel();
  // where there is no such plugin, the portal's page may answer
  const type = response.headers.get('content-type') ?? '';
  return response.status !== 404 && type.startsWith('application/json');
}
