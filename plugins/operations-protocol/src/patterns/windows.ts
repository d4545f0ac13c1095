/** What is matched at once. */
export const WINDOW = 16_384;
/** Windows overlap by so much: a shorter match is found whichever window it begins in. */
export const WINDOW_OVERLAP = 8_192;
/** What a look-behind may see before the first character that is matched. */
const BEFORE = 256;

/**
 * Replaces all matches of a pattern, in overlapping windows of the text, so that no search is over
 * more than a match needs. A match that reaches the end of its window is looked for again in a
 * larger one, so it is replaced as a whole however long it is.
 * @param pattern - with the flag `g`
 * @param replace - as of `String.replace`: gets the match, then its groups
 */
export function replaceInWindows(
  text: string,
  pattern: RegExp,
  replace: (match: string, ...groups: string[]) => string,
): string {
  const parts: string[] = [];
  let done = 0;
  let at = 0;
  let size = WINDOW;
  while (at < text.length || at === 0) {
    const from = Math.max(0, at - BEFORE);
    const end = Math.min(text.length, at + size + WINDOW_OVERLAP);
    const window = text.slice(from, end);
    const next = Math.min(text.length, at + size);
    let cut: number | undefined;
    let reached = next;
    pattern.lastIndex = at - from;
    for (
      let match = pattern.exec(window);
      match && (from + match.index < next || end === text.length);
      match = pattern.exec(window)
    ) {
      const begin = from + match.index;
      const stop = begin + match[0].length;
      if (stop === end && end < text.length) {
        cut = begin;
        break;
      }
      parts.push(text.slice(done, begin), replace(...(match as [string])));
      done = stop;
      reached = Math.max(next, stop);
      if (stop === begin) pattern.lastIndex++;
    }
    if (cut === undefined) {
      if (end === text.length) break;
      at = reached;
      size = WINDOW;
    } else {
      size = cut === at ? size * 2 : WINDOW;
      at = cut;
    }
  }
  parts.push(text.slice(done));
  return parts.join('');
}
