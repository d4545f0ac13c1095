/*
 * Which characters a pattern tells apart. Two characters that are in the same classes of a pattern
 * are one symbol to it, so that a question about every text has few symbols to go through.
 */

/** Inclusive ranges of code points, in order. */
type Ranges = ReadonlyArray<readonly [first: number, last: number]>;

/** Characters that are in the same classes. */
export interface CharSymbol {
  /** Whether the characters are in a class, by the class' number. */
  readonly isIn: readonly boolean[];
}

const FIRST_ASTRAL = 0x10000;
const LAST = 0x10ffff;
const LEAD = 0xd800;
const TRAIL = 0xdc00;
const AFTER_SURROGATES = 0xe000;

const span = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Every character of the basic plane. Trail surrogates stand first, so that they form no pair. */
const BASIC = [
  ...span(0, LEAD - 1),
  ...span(TRAIL, AFTER_SURROGATES - 1),
  ...span(LEAD, TRAIL - 1),
  ...span(AFTER_SURROGATES, FIRST_ASTRAL - 1),
];

let basicText: string | undefined;
let astralText: string | undefined;

/** Where a class matches, found by the engine itself. */
function rangesOf(source: string, flags: string, wide: boolean): Ranges {
  const stretch = new RegExp(`(?:${source})+`, `${flags}g`);
  const ranges: Array<[number, number]> = [];
  basicText ??= textOf(BASIC);
  for (const { index, 0: found } of basicText.matchAll(stretch)) {
    const [first, last] = [BASIC[index], BASIC[index + found.length - 1]];
    // Where the order of the surrogates breaks the row, each character is a range.
    if (last - first === found.length - 1) ranges.push([first, last]);
    else {
      for (let i = index; i < index + found.length; i++) {
        ranges.push([BASIC[i], BASIC[i]]);
      }
    }
  }
  if (wide) {
    astralText ??= textOf(span(FIRST_ASTRAL, LAST));
    for (const { index, 0: found } of astralText.matchAll(stretch)) {
      const first = FIRST_ASTRAL + index / 2;
      ranges.push([first, first + found.length / 2 - 1]);
    }
  } else if (
    flags.includes('u') &&
    new RegExp(source, flags).test(String.fromCodePoint(FIRST_ASTRAL))
  ) {
    ranges.push([FIRST_ASTRAL, LAST]);
  }
  return ranges.sort(([a], [b]) => a - b);
}

function textOf(codes: number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < codes.length; i += 0x4000) {
    parts.push(String.fromCodePoint(...codes.slice(i, i + 0x4000)));
  }
  return parts.join('');
}

const known = new Map<string, Ranges>();
const MAX_KNOWN = 200;

/**
 * The symbols of a pattern.
 * @param classes - sources of patterns of one character
 * @param flags - `i`, `s` and `u`, as the pattern has them
 * @param isWide - whether characters outside the basic plane differ to the pattern
 */
export function symbolsOf(
  classes: readonly string[],
  flags: string,
  isWide: boolean,
): CharSymbol[] {
  const all = classes.map(source => {
    const key = `${flags}/${isWide}/${source}`;
    let ranges = known.get(key);
    if (!ranges) {
      if (known.size >= MAX_KNOWN) known.clear();
      ranges = rangesOf(source, flags, isWide);
      known.set(key, ranges);
    }
    return ranges;
  });
  const edges = new Set([0]);
  for (const [first, last] of all.flat()) edges.add(first).add(last + 1);
  const last = flags.includes('u') ? LAST : FIRST_ASTRAL - 1;
  const symbols = new Map<string, CharSymbol>();
  const at = all.map(() => 0);
  for (const code of [...edges].sort((a, b) => a - b)) {
    if (code > last) break;
    const isIn = all.map((ranges, i) => {
      while (at[i] < ranges.length && ranges[at[i]][1] < code) at[i]++;
      return at[i] < ranges.length && ranges[at[i]][0] <= code;
    });
    symbols.set(isIn.map(Number).join(''), { isIn });
  }
  return [...symbols.values()];
}
