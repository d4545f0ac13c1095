import Anser from 'anser';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';

/**
 * A piece of a line with one look. `fg` and `bg` are names of the sixteen colours, or `r, g, b`.
 */
export interface Piece {
  text: string;
  fg?: string;
  bg?: string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  /** found by the search */
  hit?: boolean;
}

/** Sets colours and the like. Any other escape sequence has no meaning in a log. */
// eslint-disable-next-line no-control-regex
const COLOURS = /(\u001b\[[0-9;]*m)/;

/** The parts of a line: texts, and between them what sets colours. */
function parts(text: string): string[] {
  const end = text.endsWith('\r') ? -1 : undefined;
  return text.slice(0, end).split(COLOURS);
}

/** A line as it was written, but for its colours: what is copied. */
export function withoutColours(text: string): string {
  return text
    .split(COLOURS)
    .filter((_, i) => i % 2 === 0)
    .join('');
}

/** A line as it is shown, without its colours: what is searched. */
export function plainText(text: string): string {
  return parts(text)
    .map((part, i) => (i % 2 ? '' : visibleText(part)))
    .join('');
}

/** The parameters of the colours that stay set at the end of a line. */
export type OpenColours = readonly string[];

export const NO_COLOURS: OpenColours = [];

/** More are set by no log that is written to be read. */
const MAX_OPEN = 32;

/**
 * What stays set after a line, by what was set before it: a colour holds until it is reset, also
 * over the ends of lines.
 */
export function coloursAfter(text: string, before: OpenColours): OpenColours {
  if (!text.includes('\u001b')) return before;
  let open = before;
  parts(text).forEach((part, i) => {
    if (i % 2 === 0) return;
    const parameters = part.slice(2, -1);
    const isReset = parameters === '' || parameters === '0';
    const others = open.filter(one => one !== parameters);
    open = isReset ? NO_COLOURS : [...others, parameters].slice(-MAX_OPEN);
  });
  return open;
}

/**
 * A line in pieces of one look each. Any markup in the text is shown as text.
 * @param before - what earlier lines set
 */
export function pieces(
  text: string,
  before: OpenColours = NO_COLOURS,
): Piece[] {
  const open = before.map(parameters => `\u001b[${parameters}m`).join('');
  const shown = parts(text)
    .map((part, i) => (i % 2 ? part : visibleText(part)))
    .join('');
  const clean = open + shown;
  if (!clean.includes('\u001b')) return clean ? [{ text: clean }] : [];
  return Anser.ansiToJson(clean, {
    json: true,
    remove_empty: true,
    use_classes: true,
  }).map(({ content, fg, bg, fg_truecolor, bg_truecolor, decorations }) => ({
    text: content,
    fg: colour(fg, fg_truecolor),
    bg: colour(bg, bg_truecolor),
    ...Object.fromEntries(decorations.map(name => [name, true])),
  }));
}

function colour(
  name: string | null,
  truecolor: string | null,
): string | undefined {
  if (!name) return undefined;
  if (name === 'ansi-truecolor') return truecolor ?? undefined;
  const index = /^ansi-palette-(\d+)$/.exec(name)?.[1];
  return index ? paletteColour(Number(index)) : name;
}

/**
 * A colour of the 256-colour palette beyond the first sixteen, which the theme decides: a cube of
 * six steps, and greys.
 */
function paletteColour(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `${grey}, ${grey}, ${grey}`;
  }
  const step = (n: number) => (n === 0 ? 0 : 55 + n * 40);
  const i = index - 16;
  return [Math.floor(i / 36), Math.floor(i / 6) % 6, i % 6]
    .map(step)
    .join(', ');
}

/**
 * Cuts pieces where a search matches, so that a match is marked even where the colour changes
 * within it.
 */
export function markHits(of: Piece[], needle: string): Piece[] {
  if (!needle) return of;
  const whole = of
    .map(piece => piece.text)
    .join('')
    .toLowerCase();
  const wanted = needle.toLowerCase();
  const hits: Array<[number, number]> = [];
  for (
    let at = whole.indexOf(wanted);
    at >= 0;
    at = whole.indexOf(wanted, at + wanted.length)
  ) {
    hits.push([at, at + wanted.length]);
  }
  if (hits.length === 0) return of;
  const result: Piece[] = [];
  let offset = 0;
  for (const piece of of) {
    const end = offset + piece.text.length;
    const cuts = new Set([offset, end]);
    for (const edge of hits.flat())
      if (edge > offset && edge < end) cuts.add(edge);
    const edges = [...cuts].sort((a, b) => a - b);
    for (let i = 0; i + 1 < edges.length; i++) {
      const [from, to] = [edges[i], edges[i + 1]];
      result.push({
        ...piece,
        text: piece.text.slice(from - offset, to - offset),
        hit: hits.some(([start, stop]) => from >= start && to <= stop),
      });
    }
    offset = end;
  }
  return result;
}

const ERROR =
  /\b(errors?|fatal|critical|panic|exception|traceback|failed|failures?|refused|denied)\b|^\s*at .+:\d+(:\d+)?\)?$/i;
const NONE_OF_THEM =
  /\b(?:0|no|without) (?:errors?|failed|failures?)\b|\b(?:errors?|failed|failures?)[=:] ?0\b/gi;
// eslint-disable-next-line no-control-regex
const COLOURED_RED = /\u001b\[(?:[0-9;]*;)?(?:31|91)m/;

/**
 * Whether a line looks like an error: by its words, as a stack frame, or because it was written in
 * red.
 */
export function looksLikeError(text: string): boolean {
  return (
    COLOURED_RED.test(text) ||
    ERROR.test(plainText(text).replace(NONE_OF_THEM, ''))
  );
}
