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

/** What stays set at the end of a line: parameters that set it again, at most one of a kind. */
export type OpenColours = readonly string[];

export const NO_COLOURS: OpenColours = [];

/** What a single parameter sets, by its kind; the numbers that end it are 20 higher. */
const DECORATIONS = [1, 2, 3, 4, 5, 7, 8, 9];

/**
 * What stays set after a line, by what was set before it: a colour holds until it is reset, also
 * over the ends of lines.
 */
export function coloursAfter(text: string, before: OpenColours): OpenColours {
  if (!text.includes('\u001b')) return before;
  const open = openOf(before);
  parts(text).forEach((part, i) => {
    if (i % 2) setBy(part.slice(2, -1).split(';'), open);
  });
  return open.size === 0 ? NO_COLOURS : [...open.values()];
}

/** The sequence that sets parameters. */
function set(parameters: string): string {
  return `\u001b[${parameters}m`;
}

function openOf(before: OpenColours): Map<Kind | undefined, string> {
  return new Map(before.map(one => [kindOf(one), one]));
}

type Kind = 'fg' | 'bg' | number;

/** What a parameter, or a colour of several, sets. */
function kindOf(parameters: string): Kind | undefined {
  const n = parseInt(parameters, 10);
  if ((n >= 30 && n <= 38) || (n >= 90 && n <= 97)) return 'fg';
  if ((n >= 40 && n <= 48) || (n >= 100 && n <= 107)) return 'bg';
  return DECORATIONS.includes(n) ? n : undefined;
}

function setBy(
  parameters: string[],
  open: Map<Kind | undefined, string>,
): void {
  const left = [...parameters];
  while (left.length > 0) {
    const one = left.shift()!;
    const n = Number(one);
    const kind = kindOf(one);
    if (n === 0) open.clear();
    else if (n === 38 || n === 48) {
      const extended = extendedColour(left);
      if (extended) open.set(kind, `${n};${extended}`);
    } else if (kind !== undefined) open.set(kind, one);
    else if (n === 39) open.delete('fg');
    else if (n === 49) open.delete('bg');
    else {
      open.delete(n - 20);
      // One parameter ends both bold and dim.
      if (n === 22) open.delete(1);
    }
  }
}

/** Takes the rest of `38;5;n` or `38;2;r;g;b`; undefined if it is no colour. */
function extendedColour(left: string[]): string | undefined {
  const mode = left.shift();
  const length = { '5': 1, '2': 3 }[mode ?? ''];
  if (!length || left.length < length) return undefined;
  const values = left.splice(0, length);
  return values.every(value => value !== '' && Number(value) <= 255)
    ? [mode, ...values].join(';')
    : undefined;
}

/**
 * A line in pieces of one look each. Any markup in the text is shown as text.
 * @param before - what earlier lines set
 */
export function pieces(
  text: string,
  before: OpenColours = NO_COLOURS,
): Piece[] {
  if (before.length === 0 && !text.includes('\u001b')) {
    const shown = plainText(text);
    return shown ? [{ text: shown }] : [];
  }
  const open = openOf(before);
  const clean = parts(text)
    .map((part, i) => {
      if (i % 2 === 0)
        return `${set('0')}${[...open.values()].map(set).join('')}${visibleText(
          part,
        )}`;
      setBy(part.slice(2, -1).split(';'), open);
      return '';
    })
    .join('');
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
const RED = ['ansi-red', 'ansi-bright-red'];

/**
 * Whether a line looks like an error: by its words, as a stack frame, or because it was written in
 * red.
 * @param before - what earlier lines set
 */
export function looksLikeError(
  text: string,
  before: OpenColours = NO_COLOURS,
): boolean {
  const isColoured = before.length > 0 || text.includes('\u001b');
  return (
    (isColoured && pieces(text, before).some(isRed)) ||
    ERROR.test(plainText(text).replace(NONE_OF_THEM, ''))
  );
}

function isRed({ text, fg }: Piece): boolean {
  return fg !== undefined && RED.includes(fg) && text.trim() !== '';
}
