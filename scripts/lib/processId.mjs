/**
 * Process ids that can be trusted later: the system uses an id again after a while, but with
 * another start time.
 */
import { readFileSync } from 'node:fs';

/** @typedef {{pid: number, started?: string}} ProcessId */

/** @returns {ProcessId} */
export function identify(pid) {
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

/** @param {ProcessId} id */
export function isAlive({ pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
  }
  return started === startTime(pid);
}

/** Sends a signal to all processes of a group, if there are any left. */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: none of the group is left
    if (error.code !== 'ESRCH') throw error;
  }
}
