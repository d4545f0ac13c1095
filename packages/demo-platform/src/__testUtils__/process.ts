import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const NODE_ARGS = [
  '--import',
  resolve(__dirname, '../../../../scripts/lib/endWithParent.mjs'),
  '--require',
  require.resolve('@backstage/cli/config/nodeTransform.cjs'),
];

/** A part of the platform, run as it is run in earnest. */
export interface RunningPart {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly said: string;
  /** Resolves when it says something that fits. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks it to stop, and waits. @returns its exit code */
  stop(): Promise<number | null>;
}

/** Starts an entry point of the platform in a process of its own. */
export function startPart(
  entry: string,
  env: Record<string, string>,
): RunningPart {
  const child = spawn(process.execPath, [...NODE_ARGS, entry], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', () => reject(new Error(`${entry} ended:\n${said}`)));
  });
  // nobody may be waiting for it
  ended.catch(() => {});
  const read = (chunk: Buffer) => {
    said += chunk.toString('utf8');
    child.emit('said');
  };
  child.stdout!.on('data', read);
  child.stderr!.on('data', read);
  return {
    child,
    get said() {
      return said;
    },
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(said);
        if (found) {
          return found;
        }
        await Promise.race([
          new Promise(done => child.once('said', done)),
          ended,
        ]);
      }
    },
    async stop() {
      if (child.exitCode !== null) {
        return child.exitCode;
      }
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await exit;
      return code;
    },
  };
}
