/**
 * Processes that tests started in groups of their own: they end with the test run even if a test
 * is killed.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, signalGroup } from './processId.mjs';

/** Names, in the environment, the folder of the test run. */
export const STRAYS_DIR = 'OPERATIONS_TEST_DIR';

const list = dir => join(dir, 'processes.jsonl');

/** Below a test run: leaves word of a process. Elsewhere: nothing. */
export function noteOwnProcess(pid) {
  const dir = process.env[STRAYS_DIR];
  if (dir) appendFileSync(list(dir), `${JSON.stringify(identify(pid))}\n`);
}

/** Ends what is left of the processes that tests left word of. */
export function endStrays(dir) {
  if (!existsSync(list(dir))) return;
  for (const line of readFileSync(list(dir), 'utf8').trim().split('\n')) {
    const id = JSON.parse(line);
    if (isAlive(id)) signalGroup(id.pid, 'SIGKILL');
  }
}
