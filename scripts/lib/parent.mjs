/** How soon the end of the process that started us is noticed. */
const LOOK_MS = 500;

/** Tells a script that it was started again, by itself, under another Node. */
export const RUN_AGAIN = 'OPERATIONS_RUN_AGAIN';

// asked when the script loads: npm's variables are dropped soon after
const belongsToParent = Boolean(
  process.env.npm_lifecycle_event || process.env[RUN_AGAIN],
);
const parent = process.ppid;

/**
 * Calls back when the process that started this one is gone.
 * @param {() => void} callback
 */
export function watchParent(callback) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, LOOK_MS);
  timer.unref();
}

/**
 * The same for a command that was started for its parent's sake: by npm, or by this script under
 * an older Node. npm passes a signal on to what it started, which is the script itself because of
 * the `exec` in package.json; a killed npm passes on nothing.
 * @param {() => void} callback
 */
export function onParentGone(callback) {
  if (belongsToParent) watchParent(callback);
}
