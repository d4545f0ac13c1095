import fc from 'fast-check';
import { replaceInWindows, WINDOW, WINDOW_OVERLAP } from './windows';

const mark = (match: string) => `<${match.length}>`;
const replaced = (text: string, pattern: RegExp) =>
  replaceInWindows(text, pattern, mark);

describe('[guarantees.1] a long text is searched in windows', () => {
  const secret = `key=${'s'.repeat(40)};`;

  it('with the same outcome as in one piece, wherever the secret is', () => {
    const edges = [WINDOW, WINDOW + WINDOW_OVERLAP, 2 * WINDOW];
    for (const edge of edges) {
      for (let at = edge - 60; at < edge + 20; at++) {
        const text = `${'.'.repeat(at)}${secret}${'.'.repeat(WINDOW * 2)}`;
        expect(replaced(text, /key=\w+/g)).toBe(text.replace(/key=\w+/g, mark));
      }
    }
  });

  it('with the same outcome as in one piece, whatever the text is', () => {
    const part = fc
      .tuple(
        fc.constantFrom('.', 'k', 'key=', 's', ' key=ss;', '\n'),
        fc.integer({ min: 1, max: 9_000 }),
      )
      .map(([text, times]) => text.repeat(times));
    const texts = fc.array(part, { maxLength: 8 }).map(parts => parts.join(''));
    fc.assert(
      fc.property(texts, text => {
        for (const pattern of [
          /key=\w+/g,
          /(?<=;)\.+/g,
          /\bk+/g,
          /^key/g,
          /x?/g,
        ]) {
          expect(replaced(text, pattern)).toBe(text.replace(pattern, mark));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('and a match that is longer than any window is replaced as a whole', () => {
    const text = `a key=${'s'.repeat(300_000)}; b`;
    expect(replaced(text, /key=\w+/g)).toBe('a <300004>; b');
  });
});
