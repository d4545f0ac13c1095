/**
 * Glob patterns as Redis' MATCH reads them (`stringmatchlen` of util.c), byte by byte: `*`, `?`,
 * `[a-z]`, `[^a]`, `\x`. Compiled to steps, so that two questions can be answered: does it match
 * this key, and can it match any key that begins so.
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

/** A compiled pattern. */
export interface Glob {
  readonly pattern: string;
  /**
   * The bytes that every matching key begins with; empty where the pattern begins with a wildcard.
   */
  readonly literalPrefix: string;
  /** No wildcard at all: the pattern is a key. */
  readonly isLiteral: boolean;
  /** Where servers differ (ranges over bytes beyond ASCII), true if it matches on some. */
  matches(key: Uint8Array | string): boolean;
  /**
   * Whether some key that begins with `prefix` could match. Never false for a prefix of a matching
   * key.
   */
  canMatchPrefix(prefix: Uint8Array | string): boolean;
}

function bytesOf(value: Uint8Array | string): Uint8Array {
  return typeof value === 'string' ? encoder.encode(value) : value;
}

/** A byte as a C `char` holds it where that has a sign. */
const signed = (byte: number) => (byte < 0x80 ? byte : byte - 0x100);

/**
 * Reads a `[…]` from after its bracket; the odd cases (no closing bracket, a range over `]`) are
 * Redis' own. Redis compares the ends of a range as C `char`, which has a sign on x86 and none on
 * ARM: what either would accept is accepted here.
 */
function readClass(p: Uint8Array, from: number): { step: Step; next: number } {
  const accepted = new Set<number>();
  const acceptedSigned = new Set<number>();
  const accept = (byte: number) => {
    accepted.add(byte);
    acceptedSigned.add(byte);
  };
  let i = from;
  const negated = p[i] === CARET;
  if (negated) i += 1;
  for (;;) {
    const left = p.length - i;
    if (left >= 2 && p[i] === BACKSLASH) {
      i += 1;
      accept(p[i]);
    } else if (left <= 0) {
      i -= 1;
      break;
    } else if (p[i] === CLOSE) {
      break;
    } else if (left >= 3 && p[i + 1] === DASH) {
      const [a, b] = [p[i], p[i + 2]];
      for (let byte = 0; byte < 0x100; byte++) {
        if (within(byte, a, b)) accepted.add(byte);
        if (within(signed(byte), signed(a), signed(b))) {
          acceptedSigned.add(byte);
        }
      }
      i += 2;
    } else {
      accept(p[i]);
    }
    i += 1;
  }
  return {
    step: {
      accepts: byte =>
        accepted.has(byte) !== negated || acceptedSigned.has(byte) !== negated,
    },
    next: i + 1,
  };
}

function within(byte: number, a: number, b: number): boolean {
  return byte >= Math.min(a, b) && byte <= Math.max(a, b);
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

/**
 * The positions reachable after reading `bytes` from the start: a set, since `*` may take any
 * number.
 */
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
    // Whatever remains of the pattern, some continuation fits it, or nothing does (an empty class):
    // in doubt it is called a match.
    canMatchPrefix: start => positionsAfter(steps, bytesOf(start)).size > 0,
  };
}
