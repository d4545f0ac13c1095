import { setTimeout as delay } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { isRedisAway } from '@craft-easy/backstage-plugin-operations-node';

/** Something that goes on until it is stopped. */
export interface Loop {
  /** Begins the next round now rather than after the pause. */
  wake(): void;
  /** Resolves when the round under way has ended after the signal was aborted. */
  done: Promise<void>;
}

/** Longest pause after failures in a row. */
const MAX_PAUSE_MS = 10_000;

/**
 * Does `work` again and again, `pauseMs` after it ended, until `signal` aborts. A failure is logged
 * and followed by another round: that Redis is away is no news here, its health is told elsewhere.
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
    if (again || signal.aborted) return;
    wakeUp = new AbortController();
    await delay(ms, undefined, {
      signal: AbortSignal.any([signal, wakeUp.signal]),
    }).catch(() => {});
  }

  async function run() {
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
    done: run(),
  };
}

/** Whether an error says no more than that Redis is away. */
export function isUnavailable(error: unknown): boolean {
  return (
    isRedisAway(error) ||
    (error instanceof Error && error.name === 'ServiceUnavailableError')
  );
}
