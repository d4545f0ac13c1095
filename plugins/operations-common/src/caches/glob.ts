/**
 * Glob patterns as Redis' MATCH reads them (`stringmatchlen` of util.c), byte by byte: `*`, `?`, `[a-z]`, `[^a]`, `\x`.
 * Compiled to steps, so that two questions can be answered: does it match this key, and can it match any key that begins so.
 */

const BACKSLASH = 0x5c;
const CARET = 0x5e;
const CLOSE = 0x5d;
const DASH = 0x2d;
const OPEN = 0x5b;
const QUESTION = 0x3f;
const STAR = 0x2a;

const encoder = new TextEncoder();

/** One step of a pattern: any number of bytes, or one byte out of a set. */
type Step = '*' | { accepts(byte: number): boolean; literal?: number };

/** A compiled pattern. @public */
export interface Glob {
  readonly pattern: string;
  /** The bytes that every matching key begins with; empty where the pattern begins with a wildcard. */
  readonly literalPrefix: string;
  /** No wildcard at all: the pattern is a key. */
  readonly isLiteral: boolean;
  matches(key: Uint8Array | string): boolean;
  /** Whether some key that begins with `prefix` could match. Never false for a prefix of a matching key. */
  canMatchPrefix(prefix: Uint8Array | string): boolean;
}

function bytesOf(value: Uint8Array | string): Uint8Array {
  return typeof value === 'string' ? encoder.encode(value) : value;
}

/** Reads a `[…]` from after its bracket; the odd cases (no closing bracket, a range over `]`) are Redis' own. */
function readClass(p: Uint8Array, from: number): { step: Step; next: number } {
  const accepted = new Set<number>();
  let i = from;
  const negated = p[i] === CARET;
  if (negated) i += 1;
  for (;;) {
    const left = p.length - i;
    if (left >= 2 && p[i] === BACKSLASH) {
      i += 1;
      accepted.add(p[i]);
    } else if (left <= 0) {
      i -= 1;
      break;
    } else if (p[i] === CLOSE) {
      break;
    } else if (left >= 3 && p[i + 1] === DASH) {
      const low = Math.min(p[i], p[i + 2]);
      const high = Math.max(p[i], p[i + 2]);
      for (let b = low; b <= high; b++) accepted.add(b);
      i += 2;
    } else {
      accepted.add(p[i]);
    }
    i += 1;
  }
  return {
    step: { accepts: byte => accepted.has(byte) !== negated },
    next: i + 1,
  };
}

function compile(p: Uint8Array): Step[] {
  const steps: Step[] = [];
  let i = 0;
  while (i < p.length) {
    if (p[i] === STAR) {
      if (steps[steps.length - 1] !== '*') steps.push('*');
      i += 1;
    } else if (p[i] === QUESTION) {
      steps.push({ accepts: () => true });
      i += 1;
    } else if (p[i] === OPEN) {
      const read = readClass(p, i + 1);
      steps.push(read.step);
      i = read.next;
    } else {
      if (p[i] === BACKSLASH && i + 1 < p.length) i += 1;
      const literal = p[i];
      steps.push({ accepts: byte => byte === literal, literal });
      i += 1;
    }
  }
  return steps;
}

/** The positions reachable after reading `bytes` from the start: a set, since `*` may take any number. */
function positionsAfter(steps: Step[], bytes: Uint8Array): Set<number> {
  const overStars = (position: number, into: Set<number>) => {
    into.add(position);
    if (steps[position] === '*') into.add(position + 1);
  };
  let positions = new Set<number>();
  overStars(0, positions);
  for (const byte of bytes) {
    const next = new Set<number>();
    for (const position of positions) {
      const step = steps[position];
      if (step === undefined) continue;
      if (step === '*') overStars(position, next);
      else if (step.accepts(byte)) overStars(position + 1, next);
    }
    positions = next;
    if (positions.size === 0) break;
  }
  return positions;
}

/**
 * Compiles a pattern of Redis' MATCH.
 * @public
 */
export function parseGlob(pattern: string): Glob {
  const steps = compile(encoder.encode(pattern));
  const prefix: number[] = [];
  for (const step of steps) {
    if (step === '*' || step.literal === undefined) break;
    prefix.push(step.literal);
  }
  return {
    pattern,
    literalPrefix: new TextDecoder().decode(Uint8Array.from(prefix)),
    isLiteral: prefix.length === steps.length,
    matches: key => positionsAfter(steps, bytesOf(key)).has(steps.length),
    // Whatever remains of the pattern, some continuation fits it, or nothing does (an empty class): in doubt it is called a match.
    canMatchPrefix: start => positionsAfter(steps, bytesOf(start)).size > 0,
  };
}
