import { setTimeout as delay } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { isRedisAway } from '@craft-easy/backstage-plugin-operations-node';

export interface Loop {
  /** Begins the next round now, without the pause. */
  wake(): void;
  /** Resolves after the signal was aborted, when the round under way has ended. */
  done: Promise<void>;
}

/** Longest pause after failures in a row. */
const MAX_PAUSE_MS = 10_000;

/**
 * Does `work` in rounds, with a pause of `pauseMs` between them, until `signal` aborts. A failed
 * round is logged and followed by a longer pause. An outage of Redis is not logged here:
 * `RedisHealth` does so.
 */
export function startLoop(options: {
  name: string;
  pauseMs: number;
  signal: AbortSignal;
  logger: Pick<LoggerService, 'warn' | 'debug'>;
  work(signal: AbortSignal): Promise<void>;
}): Loop {
  const { signal, logger, name } = options;
  let wakeUp: AbortController | undefined;
  let again = false;

  async function pause(ms: number) {
    if (ms === 0 || again || signal.aborted) return;
    wakeUp = new AbortController();
    await delay(ms, undefined, {
      signal: AbortSignal.any([signal, wakeUp.signal]),
    }).catch(() => {});
  }

  async function rounds() {
    let failures = 0;
    while (!signal.aborted) {
      again = false;
      try {
        await options.work(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        const quiet = isUnavailable(error);
        const rare = failures === 1 || failures % 20 === 0;
        logger[rare && !quiet ? 'warn' : 'debug'](`${name} failed: ${error}`);
      }
      const backoff = failures ? 100 * 2 ** Math.min(failures, 10) : 0;
      await pause(Math.max(options.pauseMs, Math.min(backoff, MAX_PAUSE_MS)));
    }
  }

  return {
    wake() {
      again = true;
      wakeUp?.abort();
    },
    done: rounds(),
  };
}

/** Whether an error says no more than that Redis is away. */
function isUnavailable(error: unknown): boolean {
  return (
    isRedisAway(error) ||
    (error instanceof Error && error.name === 'ServiceUnavailableError')
  );
}
