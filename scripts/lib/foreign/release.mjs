/** One release of Backstage, out of what a lock file shows. */

/**
 * The lowest version of each package of Backstage that anything in a lock file asks for. The
 * packages of a release ask for those of the same release; an open range would take later ones.
 * @param {string} lock - text of a `yarn.lock`
 * @returns {Map<string, string>}
 */
export function lowestAsked(lock) {
  const lowest = new Map();
  for (const [, block] of lock.matchAll(
    /\n {2}dependencies:\n((?: {4}.*\n)+)/g,
  ))
    for (const [, name, version] of block.matchAll(
      /^ {4}"(@backstage\/[^"]+)": "npm:\^?(\d[\w.-]*)"$/gm,
    )) {
      const other = lowest.get(name);
      if (!other || compare(version, other) < 0) lowest.set(name, version);
    }
  return lowest;
}

/** The order of two versions, without what stands behind a dash. */
function compare(a, b) {
  const [left, right] = [a, b].map(version =>
    version.split('-')[0].split('.').map(Number),
  );
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? 0 : left[at] - right[at];
}
