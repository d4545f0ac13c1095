/** A step that takes longer than this announces itself before it is done. */
const QUIET_MS = 1_500;

export function say(text = '') {
  process.stdout.write(`${text}\n`);
}

export function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}

/**
 * Does one named piece of work and says how long it took.
 * @param {string} title - as in "Install packages"
 * @param {() => Promise<any>} work - may answer `{note}` to be printed behind the time
 */
export async function step(title, work) {
  const start = Date.now();
  const slow = setTimeout(() => say(`  … ${title}`), QUIET_MS);
  try {
    const result = await work();
    clearTimeout(slow);
    const note = result && result.note ? ` — ${result.note}` : '';
    say(`  ✓ ${title} (${seconds(start)})${note}`);
    return result;
  } catch (error) {
    clearTimeout(slow);
    say(`  ✗ ${title} (${seconds(start)})`);
    throw error;
  }
}

/** A failure that is explained by its sentence alone; no stack is shown. */
export class Sentence extends Error {}

/** Prints an error the way a person wants it: a sentence, or else the stack. */
export function complain(error) {
  const text = error instanceof Sentence ? error.message : error.stack || error;
  process.stderr.write(`\n${text}\n`);
}
