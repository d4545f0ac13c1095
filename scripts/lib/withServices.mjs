import { foreground, killForeground } from './foreground.mjs';
import { runCommand } from './lifecycle.mjs';
import { Processes } from './processes.mjs';
import { STRAYS_DIR, endStrays } from './strays.mjs';
import { startTestServices, temporaryFolder } from './testServices.mjs';

/**
 * Runs a command that has services of its own, and stops all of it whatever happens.
 * @param {(tools: {
 *   foreground: typeof foreground,
 *   stopped: AbortSignal,
 *   dir: string,
 *   env: () => Promise<NodeJS.ProcessEnv>, }) => Promise<number>} main - `env` starts Redis and
 *   PostgreSQL and says where they are; answers the exit code
 */
export function runWithServices(main) {
  const temporary = temporaryFolder();
  const processes = new Processes(`${temporary.dir}/logs`);
  return runCommand(
    stopped =>
      main({
        stopped,
        foreground,
        dir: temporary.dir,
        env: async () => ({
          ...process.env,
          ...(await startTestServices(processes, temporary.dir)),
          [STRAYS_DIR]: temporary.dir,
        }),
      }),
    {
      async stop() {
        killForeground();
        endStrays(temporary.dir);
        await processes.stopAll();
        temporary.remove();
      },
      kill() {
        killForeground();
        endStrays(temporary.dir);
        processes.killAll();
      },
    },
  );
}
