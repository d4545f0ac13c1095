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
  /** Protected prefixes that the pattern could reach: where there is one, it is refused. */
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
 * allowed prefix: the pattern is refused if, within the allowed prefixes, it could match any key
 * that begins with a protected one, whether or not such a key exists.
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
  if (!allowed.some(prefix => glob.canMatchPrefix(prefix))) {
    return {
      ...verdict,
      allowed: false,
      reason: `No key that begins with ${list(
        allowed,
      )} can match this pattern.`,
    };
  }
  if (conflicts.length > 0) {
    const names = conflicts.map(c => `${c.prefix} (${c.why})`);
    return {
      ...verdict,
      allowed: false,
      reason: `This pattern could match protected keys: ${names.join(
        ', ',
      )}. Make it narrower.`,
    };
  }
  return { ...verdict, allowed: true };
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
  return prefixes.map(p => `“${p}”`).join(' or ');
}
