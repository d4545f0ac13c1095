import { createTextRedactor } from '@craft-easy/backstage-plugin-operations-protocol';

/** Keys whose values are never written down, wherever they stand. */
const DEFAULT_SECRET_KEYS = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'api[-_]?key',
  'private[-_]?key',
  'authorization',
  'credential',
  'cookie',
];

const REDACTED = '[redacted]';
const MAX_DEPTH = 20;
const MAX_TEXT = 20_000;

export type Redact = (value: unknown) => unknown;

/**
 * Replaces the values of secret keys, at any depth, in a copy, and what looks like a secret in any text.
 *
 * @param patterns - regular expressions for names of keys, besides the defaults; case does not matter
 * @param texts - regular expressions for what is a secret within a text, besides the usual ones
 * @throws SyntaxError if one is not a regular expression
 */
export function createRedact(
  patterns: string[] = [],
  texts: string[] = [],
): Redact {
  const redactText = createTextRedactor(texts);
  const secret = new RegExp(
    [...DEFAULT_SECRET_KEYS, ...patterns].join('|'),
    'i',
  );
  const walk = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') {
      return redactText(value).slice(0, MAX_TEXT);
    }
    if (value === null || typeof value !== 'object') return value;
    if (depth > MAX_DEPTH) return '[too deep]';
    if (Array.isArray(value)) return value.map(item => walk(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        secret.test(key) ? REDACTED : walk(inner, depth + 1),
      ]),
    );
  };
  return value => walk(value, 0);
}
