import type { Sentence } from '../lib/sentences';
import { parseGlob } from './glob';

/** What a purge may and may not take, of one target. @public */
export interface KeyRules {
  /** Only keys that begin with one of these; none listed means any key. */
  allowedPrefixes: string[];
  /** Never a key that begins with one of these. */
  protectedPrefixes: Array<{ prefix: string; why: string }>;
}

/** What stands against a pattern, and what it would need. */
export interface PatternVerdict {
  allowed: boolean;
  /** A sentence for the operator; present exactly if not allowed. */
  reason?: string;
  /** the reason as a code and values, to be worded in other languages */
  words?: { reason: Sentence };
  /** Protected prefixes that the pattern could reach; keys that begin with one are skipped. */
  conflicts: Array<{ prefix: string; why: string }>;
  /** What every key it matches begins with. */
  literalPrefix: string;
  /** It has no literal prefix: the operator types it out once more. */
  needsConfirmation: boolean;
}

/** The longer of two prefixes where a key can begin with both of them. */
function overlap(a: string, b: string): string | undefined {
  if (a.startsWith(b)) return a;
  return b.startsWith(a) ? b : undefined;
}

/**
 * Evaluates a pattern before anything is read. A purge takes what matches *and* begins with an
 * allowed prefix, and never a protected key, whatever the pattern: the pattern is refused only if
 * it could match nothing else.
 */
export function evaluatePattern(
  pattern: string,
  rules: KeyRules,
): PatternVerdict {
  const glob = parseGlob(pattern);
  const allowed = rules.allowedPrefixes.length ? rules.allowedPrefixes : [''];
  const conflicts = rules.protectedPrefixes.filter(entry =>
    allowed.some(prefix => {
      const both = overlap(prefix, entry.prefix);
      return both !== undefined && glob.canMatchPrefix(both);
    }),
  );
  const verdict = {
    conflicts,
    literalPrefix: glob.literalPrefix,
    needsConfirmation: glob.literalPrefix === '',
  };
  const reachable = allowed.filter(prefix => glob.canMatchPrefix(prefix));
  if (reachable.length === 0) {
    return {
      ...verdict,
      allowed: false,
      reason: `No key that begins with ${list(
        allowed,
      )} can match this pattern.`,
      words: {
        reason: {
          code: 'pattern-no-match',
          values: { prefixes: { anyOf: allowed.map(quoted) } },
        },
      },
    };
  }
  const isProtected = (prefix: string) => {
    const begins = overlap(prefix, glob.literalPrefix) ?? prefix;
    return conflicts.some(entry => begins.startsWith(entry.prefix));
  };
  if (reachable.every(isProtected)) {
    return {
      ...verdict,
      allowed: false,
      reason: `Every key that can match this pattern is protected: ${conflictsText(
        conflicts,
      )}.`,
      words: {
        reason: {
          code: 'pattern-all-protected',
          values: { prefixes: conflictsText(conflicts) },
        },
      },
    };
  }
  return { ...verdict, allowed: true };
}

/** "cache:session: (signed-in customers), bull: (job queues)". */
export function conflictsText(conflicts: PatternVerdict['conflicts']): string {
  return conflicts.map(c => `${c.prefix} (${c.why})`).join(', ');
}

/** Why a key may not be removed; undefined if it may. */
export function evaluateKey(key: string, rules: KeyRules): string | undefined {
  const entry = rules.protectedPrefixes.find(p => key.startsWith(p.prefix));
  if (entry) return `begins with ${entry.prefix}, protected: ${entry.why}`;
  const { allowedPrefixes } = rules;
  if (
    allowedPrefixes.length > 0 &&
    !allowedPrefixes.some(prefix => key.startsWith(prefix))
  ) {
    return `does not begin with ${list(allowedPrefixes)}`;
  }
  return undefined;
}

function list(prefixes: string[]): string {
  return prefixes.map(quoted).join(' or ');
}

function quoted(prefix: string): string {
  return `“${prefix}”`;
}
