/**
 * Notes which portal runs in a folder: two portals never share one, and processes that a killed
 * one left behind are found.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sentence } from './log.mjs';
import { identify, isAlive, signalGroup } from './processId.mjs';

const note = dir => join(dir, 'running.json');

/**
 * Makes sure that no other portal runs in this folder, and ends processes that a killed one has
 * left.
 * @param {string} dir
 */
export function claimRunFolder(dir) {
  mkdirSync(dir, { recursive: true });
  const previous = read(dir);
  if (previous && isAlive(previous.launcher)) {
    throw new Sentence(
      `The portal already runs${
        previous.url ? ` at ${previous.url}` : ''
      } (process ${
        previous.launcher.pid
      }). Stop it first, or start a second one with OPERATIONS_RUN_DIR=….`,
    );
  }
  for (const child of previous?.children ?? []) {
    if (isAlive(child)) signalGroup(child.pid, 'SIGKILL');
  }
  writeNote(dir, { pids: [] });
}

/**
 * @param {string} dir
 * @param {{pids: number[], url?: string}} now
 */
export function writeNote(dir, { pids, url }) {
  const content = {
    url,
    launcher: identify(process.pid),
    children: pids.map(identify),
  };
  writeFileSync(note(dir), JSON.stringify(content));
}

export function releaseRunFolder(dir) {
  rmSync(note(dir), { force: true });
}

function read(dir) {
  try {
    return JSON.parse(readFileSync(note(dir), 'utf8'));
  } catch {
    // none, or cut short by a power failure: nothing to go by
    return undefined;
  }
}
