import { symbolsOf, type CharSymbol } from './alphabet';
import {
  automatonOf,
  LINE_END,
  UnprovenPatternError,
  WORD,
  type Automaton,
  type Condition,
} from './automaton';

/*
 * Proves that a search for all matches of a pattern takes time in proportion to the text.
 *
 * A matcher that goes back and tries again begins at every character that no match covers. The
 * proof goes through everything that can be under way at one character of any text: how many of
 * those attempts stand at which state, in how many ways. Where their number never exceeds a bound,
 * that bound times the length of the text is the most that a search can cost.
 *
 * Once an attempt reaches a state that accepts, it ends in a match that covers that character. So
 * of each character at most one accepting state is visited, however many attempts are thinkable.
 */

/** The most steps under way at one character. */
const MAX_STEPS = 150;
/** Beyond this many situations a pattern counts as not proven. */
const MAX_SITUATIONS = 40_000;
/** Beyond this many steps of the proof too: it shall not hold up a process itself. */
const MAX_EFFORT = 1_500_000;

interface Situation {
  /** How many ways lead to each state, by its number. */
  counts: Map<number, number>;
  before: CharSymbol | undefined;
}

const MAX_LENGTH = 2_000;
const known = new Map<string, string | undefined>();
const MAX_KNOWN = 500;

/**
 * Why the time of a search with this pattern, in any text, is not proven to be in proportion to the
 * text's length; `undefined` where it is. Completes "the pattern is refused: …".
 * @param flags - as of `RegExp`; `v` is not understood
 * @param patience - how many times as long as usual the proof may take
 */
export function nonLinearReason(
  source: string,
  flags = '',
  patience = 1,
): string | undefined {
  if (source.length > MAX_LENGTH) {
    return `it has more than ${MAX_LENGTH} characters`;
  }
  const key = `${flags}/${source}`;
  if (known.has(key)) return known.get(key);
  const reason = prove(source, flags, patience);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, reason);
  return reason;
}

function prove(
  source: string,
  flags: string,
  patience: number,
): string | undefined {
  try {
    // eslint-disable-next-line no-new
    new RegExp(source, flags);
    if (flags.includes('v')) return 'its flag `v` is not understood here';
    return search(automatonOf(source, flags), flags, patience);
  } catch (error) {
    if (error instanceof UnprovenPatternError) return error.message;
    if (error instanceof SyntaxError) {
      return `it is not a regular expression (${error.message})`;
    }
    throw error;
  }
}

function search(
  automaton: Automaton,
  flags: string,
  patience: number,
): string | undefined {
  const { classes, states, starts } = automaton;
  const kept = [...flags].filter(flag => 'isu'.includes(flag)).join('');
  const text = classes.join('');
  // eslint-disable-next-line no-control-regex
  const isWide = kept.includes('u') && /\\[pPu]|[^\u0000-\uffff]/u.test(text);
  const symbols = symbolsOf(classes, kept, isWide);
  const holds = conditionsUnder(flags.includes('m'));
  const asked = askedOfBefore(automaton);
  const seen = new Set<string>();
  const open: Situation[] = [{ counts: new Map(), before: undefined }];
  let effort = 0;
  for (let at = 0; at < open.length; at++) {
    const { counts, before } = open[at];
    const underWay = [
      { edges: starts, count: 1 },
      ...[...counts].map(([state, count]) => ({
        edges: states[state].edges,
        count,
      })),
    ];
    for (const symbol of symbols) {
      const next = new Map<number, number>();
      for (const { edges, count } of underWay) {
        effort += edges.length;
        for (const { to, conditions } of edges) {
          if (!symbol.isIn[states[to].class]) continue;
          if (!conditions.every(one => holds(one, before, symbol))) continue;
          const sum = (next.get(to) ?? 0) + count;
          next.set(to, states[to].accepts ? 1 : sum);
        }
      }
      const [steps, mostAt] = stepsOf(next);
      if (steps > MAX_STEPS) {
        return `\`${states[mostAt].source}\` reads again what was already read, so that its time grows faster than the text: begin the pattern with \`^\`, or bound what repeats (\`{0,100}\`)`;
      }
      const key = [
        asked(symbol),
        ...[...next].map(([state, count]) => state * 1_000 + count).sort(),
      ].join();
      if (seen.has(key)) continue;
      seen.add(key);
      open.push({ counts: next, before: symbol });
      if (
        open.length > MAX_SITUATIONS * patience ||
        effort > MAX_EFFORT * patience
      ) {
        return 'it is too complex to be proven';
      }
    }
  }
  return undefined;
}

/** How many steps are under way, and at which state most of them are. */
function stepsOf(counts: Map<number, number>): [steps: number, at: number] {
  let steps = 0;
  let [most, at] = [0, 0];
  for (const [state, count] of counts) {
    steps += count;
    if (count > most) [most, at] = [count, state];
  }
  return [steps, at];
}

/** Whether a condition may hold between two characters; there is none before the text. */
function conditionsUnder(isMultiline: boolean) {
  return (
    condition: Condition,
    before: CharSymbol | undefined,
    after: CharSymbol,
  ): boolean => {
    switch (condition.kind) {
      case 'start':
        return !before || (isMultiline && before.isIn[LINE_END]);
      case 'end':
        return isMultiline && after.isIn[LINE_END];
      case 'word': {
        const isEdge = (before?.isIn[WORD] ?? false) !== after.isIn[WORD];
        return isEdge !== condition.negated;
      }
      case 'before':
        return (before?.isIn[condition.class] ?? false) !== condition.negated;
      case 'after':
        return after.isIn[condition.class] !== condition.negated;
      default:
        return true;
    }
  };
}

/** Tells apart what the conditions of an automaton ask of the character before. */
function askedOfBefore({ states, starts }: Automaton) {
  const classes = new Set<number>();
  for (const { conditions } of [
    ...starts,
    ...states.flatMap(state => state.edges),
  ]) {
    for (const condition of conditions) {
      if (condition.kind === 'word') classes.add(WORD);
      if (condition.kind === 'start') classes.add(LINE_END);
      if (condition.kind === 'before') classes.add(condition.class);
    }
  }
  const asked = [...classes];
  return (symbol: CharSymbol) =>
    asked.map(index => (symbol.isIn[index] ? 1 : 0)).join('');
}
