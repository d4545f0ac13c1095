import { complain, say } from './log.mjs';
import { onParentGone } from './parent.mjs';

/**
 * A second signal within this time is the first one, delivered twice (by the terminal and by npm).
 */
const SAME_SIGNAL_MS = 1_000;

/**
 * Runs a command from beginning to end, and its clean-up whatever happens: at the end, after a
 * failure, on Ctrl-C.
 * @param {(stopped: AbortSignal) => Promise<number | void>} main - answers the exit code;
 *   `stopped` aborts on a signal
 * @param {{stop: () => Promise<void>, kill: () => void}} cleanup - `kill` is for the impatient: a
 *   second Ctrl-C
 */
export async function runCommand(main, cleanup) {
  const stopped = new AbortController();
  let firstSignalAt;
  const onSignal = signal => {
    if (firstSignalAt === undefined) {
      firstSignalAt = Date.now();
      say(`\n${signal}: stopping …`);
      stopped.abort(new Interrupted(signal));
    } else if (Date.now() - firstSignalAt > SAME_SIGNAL_MS) {
      cleanup.kill();
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, onSignal);
  }
  onParentGone(() => onSignal('The parent process is gone'));
  process.on('exit', () => cleanup.kill());

  let code;
  try {
    const interrupted = new Promise((_, reject) => {
      stopped.signal.addEventListener('abort', () =>
        reject(stopped.signal.reason),
      );
    });
    code = (await Promise.race([main(stopped.signal), interrupted])) ?? 0;
  } catch (error) {
    if (error instanceof Interrupted) {
      code = 130;
    } else {
      complain(error);
      code = 1;
    }
  }
  await cleanup.stop();
  process.exit(code);
}

class Interrupted extends Error {}
