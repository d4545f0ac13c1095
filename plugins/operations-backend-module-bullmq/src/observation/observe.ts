import { setTimeout as delay } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  isRedisAway,
  type EngineObserver,
} from '@craft-easy/backstage-plugin-operations-node';
import { discoverQueues } from '../bullmqInternals';
import { QueueWatch } from './QueueWatch';
import {
  fits,
  isPattern,
  jobNameOf,
  placeOf,
  type ObservedQueues,
} from './settings';
import type { Sources } from './Sources';

export interface ObservationTimings {
  /** Between two reads of the events. */
  eventsEveryMs: number;
  /** Between two comparisons with what the queues hold. */
  reconcileEveryMs: number;
  /** Between two searches for queues that match a pattern. */
  discoverEveryMs: number;
}

const OBSERVATION_TIMINGS: ObservationTimings = {
  eventsEveryMs: 1000,
  reconcileEveryMs: 15_000,
  discoverEveryMs: 5 * 60_000,
};

/** Queues read at a time. */
const AT_ONCE = 50;

/**
 * Watches the queues that the config names, until the signal aborts. A queue that cannot be read
 * does not delay the others.
 */
export async function observeQueues(options: {
  observed: ObservedQueues[];
  sources: Sources;
  observer: EngineObserver;
  logger: Pick<LoggerService, 'warn' | 'debug'>;
  signal: AbortSignal;
  timings?: Partial<ObservationTimings>;
}): Promise<void> {
  const { observed, sources, observer, logger, signal } = options;
  const timings = { ...OBSERVATION_TIMINGS, ...options.timings };
  const watches = new Map<string, QueueWatch>();
  const places = new Map<string, string>();
  /** Queues that are not shown since another one has their name. */
  const hidden = new Set<string>();
  /** Queues whose trouble was logged, until it is over. */
  const troubled = new Set<string>();

  async function discover() {
    for (const entry of observed) {
      const { redis, prefix } = sources.of(entry);
      const queues = isPattern(entry.queue)
        ? (await discoverQueues(redis, prefix)).filter(q => fits(q, entry))
        : [entry.queue];
      for (const queue of queues) {
        const job = jobNameOf(queue, entry);
        const known = watches.get(job);
        if (known) {
          const place = places.get(job);
          if (known.ref.queue !== queue || place !== placeOf(entry)) {
            logHidden(queue, entry, job, known.ref.queue);
          }
          continue;
        }
        places.set(job, placeOf(entry));
        const { tenantField, showData } = entry;
        const shown = { job, tenantField, showData };
        watches.set(job, new QueueWatch(redis, prefix, queue, shown, observer));
      }
    }
  }

  function logHidden(
    queue: string,
    entry: ObservedQueues,
    job: string,
    other: string,
  ) {
    const which = `${placeOf(entry)} ${queue}`;
    if (hidden.has(which)) return;
    hidden.add(which);
    const prefix = entry.prefix ? ` under the prefix ${entry.prefix}` : '';
    logger.warn(
      `The queue ${queue}${prefix} (entry ${entry.queue}) is not shown: it would be the job ${job}, as the queue ${other} is. Name it by an entry of its own, with another "job"`,
    );
  }

  async function each(work: (watch: QueueWatch) => Promise<void>) {
    const list = [...watches.values()];
    for (let i = 0; i < list.length && !signal.aborted; i += AT_ONCE) {
      await Promise.all(
        list.slice(i, i + AT_ONCE).map(watch =>
          work(watch).then(
            () => troubled.delete(watch.ref.queue),
            error => logTrouble(watch.ref.queue, error),
          ),
        ),
      );
    }
  }

  function logTrouble(queue: string, why: unknown) {
    if (signal.aborted || isAway(why) || troubled.has(queue)) return;
    troubled.add(queue);
    logger.warn(`The queue ${queue} cannot be watched: ${why}`);
  }

  let [discovered, reconciled] = [0, 0];
  while (!signal.aborted && observed.length > 0) {
    const now = Date.now();
    if (now - discovered >= timings.discoverEveryMs) {
      try {
        await discover();
        discovered = now;
        // what is new is made known before its runs are
        reconciled = 0;
      } catch (error) {
        logTrouble('*', error);
      }
    }
    const reconciles =
      now - reconciled >= timings.reconcileEveryMs && watches.size > 0;
    if (reconciles) {
      reconciled = now;
      await observer
        .onJobs([...watches.values()].map(({ ref }) => ref))
        .catch(error => logger.warn(`Watched queues: ${error}`));
    }
    // The events first: they say which of several jobs an id belonged to.
    await each(async watch => {
      while (!signal.aborted && (await watch.readEvents()));
    });
    if (reconciles) await each(watch => watch.reconcile());
    await delay(timings.eventsEveryMs, undefined, { signal }).catch(() => {});
  }
}

function isAway(error: unknown): boolean {
  return (
    isRedisAway(error) ||
    (error instanceof Error && error.name === 'ServiceUnavailableError')
  );
}
