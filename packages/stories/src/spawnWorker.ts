import {
  spawn,
  type ChildProcess,
  type StdioOptions,
} from 'node:child_process';
import type { Stack } from './stack';

/**
 * Starts a worker of a story as a process of its own, on the Redis of a stack.
 * @param file - its TypeScript, as `require.resolve` names it
 */
export function spawnWorker(
  stack: Stack,
  file: string,
  stdio: StdioOptions = 'inherit',
): ChildProcess {
  return spawn(
    process.execPath,
    [
      '--require',
      require.resolve('@backstage/cli-node/config/nodeTransform.cjs'),
      file,
    ],
    {
      env: { ...stack.env, NODE_ENV: 'production' } as NodeJS.ProcessEnv,
      stdio,
    },
  );
}
