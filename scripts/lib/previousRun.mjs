/** Notes who runs in a folder, so that two portals never share one, and what a killed one left behind is found. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sentence } from './log.mjs';

const note = dir => join(dir, 'running.json');

/**
 * Makes sure that no other portal runs in this folder, ending processes that one killed outright has left.
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
    if (!isAlive(child)) continue;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
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

/** A process id is given out again after a while: its start time tells whether it is still the same process. */
function identify(pid) {
  return { pid, started: startTime(pid) };
}

function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    // no /proc on this system: the id alone must do
    return undefined;
  }
}

function isAlive({ pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
  }
  return started === startTime(pid);
}
