import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import { JOBS_CHANGED_TOPIC } from '@craft-easy/backstage-plugin-operations-common';

/** The catalog hears at most this often: a deployment announces its jobs one by one. */
const EVERY_MS = 1000;

/** Tells other plugins, the catalog above all, that jobs were changed: at once, then once a second, the last change never being left out. */
export function createJobsAnnouncer(
  events: EventsService,
  logger: LoggerService,
): { changed(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let again = false;

  function changed() {
    if (timer) {
      again = true;
      return;
    }
    events
      .publish({ topic: JOBS_CHANGED_TOPIC, eventPayload: {} })
      .catch(error => logger.debug(`Cannot announce changed jobs: ${error}`));
    timer = setTimeout(() => {
      timer = undefined;
      if (!again) return;
      again = false;
      changed();
    }, EVERY_MS);
    timer.unref();
  }

  return { changed, stop: () => clearTimeout(timer) };
}
