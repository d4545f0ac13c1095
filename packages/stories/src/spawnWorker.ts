import {
  spawn,
  type ChildProcess,
  type StdioOptions,
} from 'node:child_process';
import { typescript } from '../../../scripts/lib/portal.mjs';
import type { Stack } from './stack';

/**
 * Starts a worker of a story as a process of its own, on the Redis of a stack.
 * @param entry - its TypeScript file, below this package
 * @param more - variables of its environment
 */
export function spawnWorker(
  stack: Stack,
  entry: string,
  stdio: StdioOptions = 'inherit',
  more: Record<string, string> = {},
): ChildProcess {
  const { command, args, cwd } = typescript('packages/stories', entry);
  const env = {
    ...stack.env,
    NODE_ENV: 'production',
    ...more,
  } as NodeJS.ProcessEnv;
  return spawn(command, args, { cwd, env, stdio });
}
