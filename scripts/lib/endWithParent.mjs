/**
 * Loaded before a portal's process (`--import`), and before what that process forks: ends it when
 * its parent is gone. A parent that was killed with -9 stops nobody, and reads no more of the
 * output. Each line would then fail, and a logger would log the failure, which fails again: for
 * ever, at full speed.
 */
import { isMainThread } from 'node:worker_threads';
import { watchParent } from './parent.mjs';

/** How long the process may take to stop in good order. */
const GRACE_MS = 8_000;

let ending = false;

if (isMainThread) {
  watchParent(end);
  // an error that somebody listens to is no uncaught one, which would be logged
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', end);
  }
}

function end() {
  if (ending) return;
  ending = true;
  setTimeout(() => process.exit(1), GRACE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
}
