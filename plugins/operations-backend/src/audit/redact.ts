import {
  compilePatterns,
  createTextRedactor,
  isSecretName,
  redactValue,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';

const MAX_TEXT = 20_000;
/** Read beyond the end that is stored, so that a secret which is cut by it is still recognised. */
const MARGIN = 8_000;

const NAMES_KEY = 'operations.audit.redact';
const TEXTS_KEY = 'operations.audit.redactText';

export type Redact = (value: unknown) => unknown;

/**
 * Makes copies of values in which secret fields, at any depth, and what looks like a secret in any
 * text are replaced.
 *
 * @param patterns - regular expressions for names of secret fields, besides the usual ones; case
 *   does not matter
 * @param texts - regular expressions for secrets within a text, besides the usual ones
 * @throws Error naming the key of a pattern whose time is not in proportion to the text
 */
export function createRedact(
  patterns: string[] = [],
  texts: string[] = [],
): Redact {
  const redactText = createTextRedactor(texts, [], TEXTS_KEY);
  const further = compilePatterns(patterns, 'i', NAMES_KEY);
  return value =>
    redactValue(value, {
      isSecret: path => {
        const name = path[path.length - 1];
        return isSecretName(name) || further.some(each => each.test(name));
      },
      text: text =>
        redactText(text.slice(0, MAX_TEXT + MARGIN)).slice(0, MAX_TEXT),
    });
}
