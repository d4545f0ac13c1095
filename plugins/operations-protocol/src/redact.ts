/*
 * How secrets are taken out of what is stored or shown: run logs and errors, webhook payloads and
 * answers, parameters in the audit trail. There is one list of names, one list of text patterns
 * (`patterns/secrets.ts`) and one walker.
 */
import type { RunRecord } from './jobs';
import { compilePatterns } from './patterns/compile';
import {
  normaliseName,
  SECRET_FORMS,
  SECRET_NAMES,
  SECRET_WORDS,
  secretFieldPattern,
} from './patterns/secrets';
import { replaceInWindows } from './patterns/windows';

/** What replaces a secret. */
export const REDACTED_TEXT = '[redacted]';

/** Names of fields that are secret by default, or parts of such names. */
export const DEFAULT_SECRET_FIELDS: readonly string[] = [
  ...SECRET_WORDS,
  ...SECRET_NAMES,
];

const normalisedWords = SECRET_WORDS.map(normaliseName);
const normalisedNames = new Set(SECRET_NAMES.map(normaliseName));

/** Whether a field or header of this name is secret by default. */
export function isSecretName(name: string): boolean {
  // The items of a list, of which there may be many.
  if (/^\d+$/.test(name)) return false;
  const normal = normaliseName(name);
  return (
    normalisedNames.has(normal) ||
    normalisedWords.some(word => normal.includes(word))
  );
}

/** Takes secrets out of a text. */
export type RedactText = (text: string) => string;

/**
 * Replaces what looks like a secret in a text: the value after a secret name (`password=…`,
 * `"api_key": "…"`), and secrets that are recognised by their form. Redacting twice changes
 * nothing.
 * @param patterns - regular expressions of further secrets; case does not matter
 * @param names - whole names of further secret fields, in any spelling
 * @param key - what the patterns' key is called where they come from
 * @throws Error naming the key, if a pattern's time is not in proportion to the text
 */
export function createTextRedactor(
  patterns: readonly string[] = [],
  names: readonly string[] = [],
  key = 'redact',
): RedactText {
  const usual = new RegExp(
    [secretFieldPattern(names), ...SECRET_FORMS].join('|'),
    'gi',
  );
  const further = compilePatterns(patterns, 'gi', key);
  const replace = (
    match: string,
    beforeValue?: string,
    ...groups: string[]
  ) => {
    if (beforeValue === undefined) {
      const [scheme, url] = groups;
      return `${scheme ?? url ?? ''}${REDACTED_TEXT}`;
    }
    const [first] = match.slice(beforeValue.length);
    const quote = first === '"' || first === "'" ? first : '';
    return `${beforeValue}${quote}${REDACTED_TEXT}`;
  };
  return text =>
    further.reduce(
      (redacted, pattern) =>
        replaceInWindows(redacted, pattern, () => REDACTED_TEXT),
      replaceInWindows(text, usual, replace),
    );
}

/** Which parts of a value are secret, and what becomes of the rest. */
export interface RedactionRules {
  /** @param path - names of the fields from the outermost in; an item's name is its index */
  isSecret(path: readonly string[]): boolean;
  /** Called with each value that is replaced. */
  onSecret?(path: readonly string[], value: unknown): void;
  /** Applied to every text that is not secret as a whole. */
  text?: RedactText;
}

/** Values nested deeper than this are left out. */
const MAX_DEPTH = 20;

/**
 * A copy of a JSON value in which secret fields are replaced by {@link REDACTED_TEXT}. JSON that a
 * text holds is searched too: its fields are fields.
 */
export function redactValue(
  value: unknown,
  rules: RedactionRules,
  path: readonly string[] = [],
): unknown {
  if (path.length > 0 && rules.isSecret(path)) {
    rules.onSecret?.(path, value);
    return REDACTED_TEXT;
  }
  if (typeof value === 'string') {
    const text = redactJson(value, rules, path);
    return rules.text ? rules.text(text) : text;
  }
  if (value === null || typeof value !== 'object' || isRaw(value)) return value;
  if (path.length > MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) {
    return value.map((item, i) => redactValue(item, rules, [...path, `${i}`]));
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      redactValue(inner, rules, [...path, name]),
    ]),
  );
}

/** To keep the digits of the numbers in a longer text of JSON would hold up others. */
const LONGEST_EXACT = 65_536;

/** A text that holds JSON, without the secret fields of that; any other text as it is. */
function redactJson(
  text: string,
  rules: RedactionRules,
  path: readonly string[],
): string {
  const parse = text.length > LONGEST_EXACT ? parseJson : parseJsonExactly;
  const value = /^\s{0,5}[{[]/.test(text) ? parse(text) : undefined;
  let found = false;
  const redacted = redactValue(
    value,
    {
      isSecret: inner => rules.isSecret(inner),
      onSecret: (inner, secret) => {
        found = true;
        rules.onSecret?.(inner, secret);
      },
    },
    path,
  );
  return found ? JSON.stringify(redacted) : text;
}

/** The value of a JSON text; undefined if it is not one. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // An answer, not an error.
    return undefined;
  }
}

/** JSON with the source of its values, which the types of TypeScript do not have yet. */
const exact = JSON as unknown as {
  rawJSON?(text: string): object;
  isRawJSON?(value: unknown): boolean;
};

function isRaw(value: object): boolean {
  return exact.isRawJSON?.(value) ?? false;
}

/** In a text without these, each number is written as JavaScript writes it. */
const UNUSUAL_NUMBER = /\d{16}|\d[.eE]|-0/;

/**
 * As {@link parseJson}, but `JSON.stringify` writes each number with the digits that it was sent
 * with: a number of JavaScript has no room for an id of 19 digits, and no zero at its end.
 */
export function parseJsonExactly(text: string): unknown {
  // to look at the source of each value takes several times as long
  if (!UNUSUAL_NUMBER.test(text)) return parseJson(text);
  const keep = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' &&
    context?.source !== undefined &&
    context.source !== String(value)
      ? exact.rawJSON?.(context.source) ?? value
      : value;
  try {
    const value: unknown = JSON.parse(text, keep);
    return value;
  } catch {
    return undefined;
  }
}

/**
 * A record without what looks like a secret in its error and log. Parameters are left: a retry
 * needs them.
 */
export function redactRunRecord<R extends Pick<RunRecord, 'error' | 'log'>>(
  record: R,
  redact: RedactText,
): R {
  const { error, log } = record;
  if (!error && !log) return record;
  return {
    ...record,
    ...(error && {
      error: {
        ...error,
        message: redact(error.message),
        ...(error.stack && { stack: redact(error.stack) }),
      },
    }),
    ...(log && {
      log: {
        ...log,
        lines: log.lines.map(line => ({ ...line, text: redact(line.text) })),
      },
    }),
  };
}
