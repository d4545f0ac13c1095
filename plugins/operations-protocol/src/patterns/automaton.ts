import { RegExpParser, type AST } from '@eslint-community/regexpp';

/*
 * A pattern as an automaton: one state for each character of the pattern that a text's character is
 * compared with, and an edge for each way from one to the next. A way counts as often as a matcher
 * can take it, so that `(a*)*` has two ways from `a` to `a`.
 */

/** Something between two characters that has to hold. */
export type Condition =
  | { kind: 'start' | 'end' }
  | { kind: 'word'; negated: boolean }
  | { kind: 'before' | 'after'; negated: boolean; class: number }
  /** what is not followed here: it may hold, and it may not */
  | { kind: 'maybe' };

export interface Edge {
  to: number;
  conditions: readonly Condition[];
}

export interface State {
  class: number;
  /** the part of the pattern, as written */
  source: string;
  edges: Edge[];
  /** The pattern has matched once this state is reached, whatever follows. */
  accepts: boolean;
}

export interface Automaton {
  /** sources of patterns of one character */
  classes: string[];
  states: State[];
  starts: Edge[];
}

/** Why a pattern is not one whose time can be bounded. */
export class UnprovenPatternError extends Error {}

/** The first two classes of every automaton. */
export const WORD = 0;
export const LINE_END = 1;

const MAX_STATES = 3_000;
const MAX_EDGES = 60_000;
const MAX_WAYS = 1_000;
const MAX_LOOK_BEHIND = 100;

interface Fragment {
  /** ways to match nothing */
  empty: Array<readonly Condition[]>;
  first: Edge[];
  last: Edge[];
}

const NOTHING: Fragment = { empty: [[]], first: [], last: [] };

class Builder {
  private readonly classes = [String.raw`\w`, String.raw`[\n\r\u2028\u2029]`];
  private readonly states: State[] = [];
  private edgeCount = 0;

  build(tree: AST.Pattern): Automaton {
    const { first, last } = this.either(tree.alternatives);
    for (const { to, conditions } of last) {
      if (conditions.length === 0) this.states[to].accepts = true;
    }
    return { classes: this.classes, states: this.states, starts: first };
  }

  private either(alternatives: AST.Alternative[]): Fragment {
    const parts = alternatives.map(alternative =>
      alternative.elements.reduce(
        (whole, element) => this.joined(whole, () => this.of(element)),
        NOTHING,
      ),
    );
    return checked({
      empty: parts.flatMap(part => part.empty),
      first: parts.flatMap(part => part.first),
      last: parts.flatMap(part => part.last),
    });
  }

  private of(element: AST.Element): Fragment {
    switch (element.type) {
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
        return this.state(element.raw);
      case 'CapturingGroup':
        return this.either(element.alternatives);
      case 'Group':
        if (element.modifiers) throw unproven(element, 'changes flags');
        return this.either(element.alternatives);
      case 'Quantifier':
        return this.repeated(element);
      case 'Assertion':
        return this.assertion(element);
      case 'Backreference':
        throw unproven(element, 'refers back to what was matched');
      default:
        throw unproven(element, 'is not understood here');
    }
  }

  private state(source: string): Fragment {
    if (this.states.length >= MAX_STATES) {
      throw new UnprovenPatternError('it is too long, or repeats too often');
    }
    const to = this.states.length;
    const edges: Edge[] = [];
    this.states.push({
      class: this.classOf(source),
      source,
      edges,
      accepts: false,
    });
    const edge = { to, conditions: [] };
    return { empty: [], first: [edge], last: [edge] };
  }

  private classOf(source: string): number {
    const known = this.classes.indexOf(source);
    return known >= 0 ? known : this.classes.push(source) - 1;
  }

  private repeated({ min, max, element }: AST.Quantifier): Fragment {
    const once = () => this.of(element);
    let whole = NOTHING;
    const isEndless = max === Infinity;
    // Of `x{3,}` the third repeats itself; `x{1,3}` is `x(x(x)?)?`.
    const fixed = isEndless ? Math.max(0, min - 1) : min;
    for (let i = 0; i < fixed; i++) whole = this.joined(whole, once);
    if (isEndless) {
      const loop = () => {
        const body = once();
        this.connect(body.last, body.first);
        return min > 0 ? body : optional(body);
      };
      return this.joined(whole, loop);
    }
    const nested = (left: number): Fragment =>
      left === 0
        ? NOTHING
        : optional(this.joined(once(), () => nested(left - 1)));
    return max > min ? this.joined(whole, () => nested(max - min)) : whole;
  }

  private assertion(element: AST.Assertion): Fragment {
    const holds = (condition: Condition): Fragment => ({
      ...NOTHING,
      empty: [[condition]],
    });
    if (element.kind === 'word') {
      return holds({ kind: 'word', negated: element.negate });
    }
    if (!('alternatives' in element)) return holds({ kind: element.kind });
    const isBehind = element.kind === 'lookbehind';
    const single = singleCharacter(element.alternatives);
    if (single) {
      return holds({
        kind: isBehind ? 'before' : 'after',
        negated: element.negate,
        class: this.classOf(single.raw),
      });
    }
    if (isBehind) {
      const { length, ways } = reach(element.alternatives);
      if (length === Infinity) {
        throw unproven(element, 'looks back without a bound');
      }
      if (length * ways > MAX_LOOK_BEHIND) {
        throw unproven(element, 'looks back too far');
      }
      return holds({ kind: 'maybe' });
    }
    // What it reads is read beside the rest, and leads nowhere.
    const { first } = this.either(element.alternatives);
    return { empty: [[{ kind: 'maybe' }]], first, last: [] };
  }

  private joined(before: Fragment, next: () => Fragment): Fragment {
    const after = next();
    this.connect(before.last, after.first);
    return checked({
      empty: product(before.empty, after.empty),
      first: [...before.first, ...after.first.flatMap(past(before.empty))],
      last: [...before.last.flatMap(past(after.empty)), ...after.last],
    });
  }

  private connect(from: Edge[], to: Edge[]): void {
    this.edgeCount += from.length * to.length;
    if (this.edgeCount > MAX_EDGES) throw tooManyWays();
    for (const left of from) {
      for (const right of to) {
        this.states[left.to].edges.push({
          to: right.to,
          conditions: [...left.conditions, ...right.conditions],
        });
      }
    }
  }
}

function optional(part: Fragment): Fragment {
  return { ...part, empty: [...part.empty, []] };
}

function product(left: Fragment['empty'], right: Fragment['empty']) {
  return left.flatMap(a => right.map(b => [...a, ...b]));
}

function past(empty: Fragment['empty']) {
  return (edge: Edge): Edge[] =>
    empty.map(conditions => ({
      to: edge.to,
      conditions: [...edge.conditions, ...conditions],
    }));
}

function checked(part: Fragment): Fragment {
  const { empty, first, last } = part;
  if (Math.max(empty.length, first.length, last.length) > MAX_WAYS) {
    throw tooManyWays();
  }
  return part;
}

/** The only character of a look-around that compares just one. */
function singleCharacter(alternatives: AST.Alternative[]) {
  if (alternatives.length !== 1) return undefined;
  const [element, ...more] = alternatives[0].elements;
  if (!element || more.length > 0) return undefined;
  return element.type === 'Character' ||
    element.type === 'CharacterClass' ||
    element.type === 'CharacterSet'
    ? element
    : undefined;
}

/** How far alternatives read at most, and in how many ways. */
function reach(alternatives: AST.Alternative[]): {
  length: number;
  ways: number;
} {
  let longest = 0;
  let allWays = 0;
  for (const { elements } of alternatives) {
    let length = 0;
    let ways = 1;
    for (const element of elements) {
      const one = reachOf(element);
      length += one.length;
      ways *= one.ways;
    }
    longest = Math.max(longest, length);
    allWays += ways;
  }
  return { length: longest, ways: allWays };
}

function reachOf(element: AST.Element): { length: number; ways: number } {
  switch (element.type) {
    case 'Assertion':
      return 'alternatives' in element
        ? reach(element.alternatives)
        : { length: 0, ways: 1 };
    case 'Group':
    case 'CapturingGroup':
      return reach(element.alternatives);
    case 'Quantifier': {
      const once = reachOf(element.element);
      const { min, max } = element;
      return {
        length: max * once.length || 0,
        ways: (max - min + 1) * once.ways ** max,
      };
    }
    default:
      return { length: 1, ways: 1 };
  }
}

function unproven(element: { raw: string }, what: string) {
  return new UnprovenPatternError(`\`${element.raw}\` ${what}`);
}

function tooManyWays() {
  return new UnprovenPatternError('it can match in too many ways');
}

/**
 * Builds the automaton of a pattern.
 * @throws SyntaxError if it is not a regular expression
 * @throws UnprovenPatternError if it has parts whose time cannot be bounded, or is too large
 */
export function automatonOf(source: string, flags: string): Automaton {
  const tree = new RegExpParser().parsePattern(source, 0, source.length, {
    unicode: flags.includes('u'),
  });
  return new Builder().build(tree);
}
