/** What a change of a file takes away and adds, line by line. */
export function differences(name, before, after) {
  const old = (before ?? '').split('\n');
  const now = after.split('\n');
  const out = [
    `--- ${before === undefined ? '/dev/null' : name}`,
    `+++ ${name}`,
  ];
  let at = 0;
  for (const line of now) {
    // lines are replaced and put in, and never moved
    const same = old.indexOf(line, at);
    if (same === -1) {
      // a line that is replaced stands before the one that takes its place
      if (at < old.length && !now.includes(old[at])) {
        out.push(`-${old[at]}`);
        at += 1;
      }
      out.push(`+${line}`);
      continue;
    }
    for (; at < same; at += 1) out.push(`-${old[at]}`);
    at = same + 1;
  }
  for (; at < old.length; at += 1) out.push(`-${old[at]}`);
  return out.filter(line => line !== '+' && line !== '-').join('\n');
}
