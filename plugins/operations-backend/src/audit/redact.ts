import {
  createTextRedactor,
  isSecretName,
  redactValue,
} from '@craft-easy/backstage-plugin-operations-protocol';

const MAX_TEXT = 20_000;
/** Read beyond the end that is stored, so that a secret which is cut by it is still recognised. */
const MARGIN = 8_000;

export type Redact = (value: unknown) => unknown;

/**
 * Makes copies of values in which secret fields, at any depth, and what looks like a secret in any
 * text are replaced.
 *
 * @param patterns - regular expressions for names of secret fields, besides the usual ones; case
 *   does not matter
 * @param texts - regular expressions for secrets within a text, besides the usual ones
 * @throws SyntaxError if one is not a regular expression
 */
export function createRedact(
  patterns: string[] = [],
  texts: string[] = [],
): Redact {
  const redactText = createTextRedactor(texts);
  const further = patterns.map(pattern => new RegExp(pattern, 'i'));
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
