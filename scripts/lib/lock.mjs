/** What two commands must not do at once in one checkout: install packages, build the frontend. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './log.mjs';
import { TOOLS } from './paths.mjs';
import { identify, isAlive } from './processId.mjs';

const LOOK_MS = 250;

/**
 * Does something while no other process of ours does it; waits for one that does.
 * @param {string} name
 * @param {() => Promise<void>} work - should look first whether the other has done it already
 * @param {string} [dir]
 */
export async function exclusively(name, work, dir = TOOLS) {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${name}.lock`);
  let announced = false;
  while (!take(file)) {
    const holder = read(file);
    if (holder && !isAlive(holder)) {
      rmSync(file, { force: true });
    } else {
      if (!announced && holder)
        say(`  … waiting for process ${holder.pid}: ${name}`);
      announced = true;
      await new Promise(resolve => setTimeout(resolve, LOOK_MS));
    }
  }
  const release = () => rmSync(file, { force: true });
  process.on('exit', release);
  try {
    await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take(file) {
  try {
    writeFileSync(file, JSON.stringify(identify(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // gone, or being written: look again
    return undefined;
  }
}
