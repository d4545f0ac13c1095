/**
 * Append-only journals: each process of the soak writes what it saw and did, a line at once, so
 * that `kill -9` takes no line that was written. The checker reads them all.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Named in the environment of each process: the folder, and the name of its journal. */
export const JOURNALS_DIR = 'SOAK_JOURNALS';
export const PROCESS_NAME = 'SOAK_PROCESS';

export type Note = (what: string, facts?: object) => void;

/** Opens a journal; a process that was started again goes on where the former one was cut off. */
export function openJournal(dir: string, name: string): Note {
  const file = openSync(join(dir, `${name}.jsonl`), 'a');
  const process_ = `${name}#${process.pid}`;
  return (what, facts) => {
    const line = JSON.stringify({ at: now(), by: process_, what, ...facts });
    // a line that a killed process left unfinished does not swallow the next one
    writeSync(file, `\n${line}\n`);
  };
}

/** The journal of this process, by its environment. */
export function ownJournal(): Note {
  return openJournal(process.env[JOURNALS_DIR]!, process.env[PROCESS_NAME]!);
}

/** The machine's time in epoch ms, also where the soak has set this process' `Date`. */
export function now(): number {
  return Math.round(performance.timeOrigin + performance.now());
}
