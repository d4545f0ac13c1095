/*
 * How secrets are taken out of what is stored or shown: run logs and errors, webhook payloads and
 * answers, parameters in the audit trail. There is one list of names, one list of text patterns and
 * one walker.
 *
 * Whoever writes a log or answers a webhook chooses the text, so every pattern must match in time
 * that is proportional to the text's length: no unbounded quantifier in a look-behind, none that
 * can start again within what it has just read (`redact.test.ts` measures it).
 */
import type { RunRecord } from './jobs';

/** What replaces a secret. */
export const REDACTED_TEXT = '[redacted]';

/** A field is secret whose name contains one of these; case, `-`, `_` and spaces do not matter. */
const SECRET_WORDS = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'apiKey',
  'privateKey',
  'accessKey',
  'authorization',
  'credential',
  'cookie',
];

/** A field is secret whose whole name is one of these. */
const SECRET_NAMES = ['cardNumber', 'pan', 'cvc', 'cvv', 'ssn'];

/** Names of fields that are secret by default, or parts of such names. */
export const DEFAULT_SECRET_FIELDS: readonly string[] = [
  ...SECRET_WORDS,
  ...SECRET_NAMES,
];

/** Secrets that are recognised by their form. A leading group is kept. */
const SECRET_FORMS = [
  // A bearer token by itself.
  String.raw`(\b(?:Bearer|Basic)[ \t]{1,5})[\w~+/.-]{8,}=*`,
  // postgres://user:password@host
  String.raw`(:\/\/[^\s:/@]{0,100}:)[^\s/@]+(?=@)`,
  // JSON Web Tokens
  String.raw`(?<![\w-])eyJ[\w-]{8,2000}\.[\w-]{8,4000}\.[\w-]+`,
  // Keys in PEM; one without an end is taken out to the end of the text.
  String.raw`-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)`,
  // AWS, GitHub, Slack, Stripe, Standard Webhooks
  String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
  String.raw`\bgh[pousr]_\w{20,}`,
  String.raw`\bxox[abprs]-[\w-]{10,}`,
  String.raw`\b[rs]k_(?:live|test)_\w{10,}`,
  String.raw`\bwhsec_[\w+/=-]{10,}`,
];

/** The scheme before the secret of an `Authorization` header. */
const SCHEME = String.raw`(?:(?:Bearer|Basic)[ \t]{1,5})?`;
/** Ends an unquoted value. */
const END = String.raw`\s"',;&}\]<`;
/**
 * A quoted value up to its quote or the end of the line, or an unquoted one that is not redacted.
 */
const VALUE = [
  String.raw`"(?:[^"\\\n]|\\.)+`,
  String.raw`'[^'\n]+`,
  String.raw`(?!${SCHEME}\[redacted\](?:[${END}]|$))(?:\[redacted\])?[^${END}]+`,
].join('|');

const normalise = (name: string) => name.toLowerCase().replace(/[-_\s]/g, '');
const normalisedWords = SECRET_WORDS.map(normalise);
const normalisedNames = new Set(SECRET_NAMES.map(normalise));

/** A pattern for a name in any of its spellings: `apiKey`, `api_key`, `API-KEY`. */
function spellings(name: string): string {
  return [...normalise(name)]
    .map(c => c.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[-_ ]?');
}

/** Whether a field or header of this name is secret by default. */
export function isSecretName(name: string): boolean {
  const normal = normalise(name);
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
 * @throws SyntaxError if a pattern is not a regular expression
 */
export function createTextRedactor(
  patterns: readonly string[] = [],
  names: readonly string[] = [],
): RedactText {
  const name = [
    ...SECRET_WORDS.map(spellings),
    `(?<![A-Za-z0-9])(?:${[...SECRET_NAMES, ...names]
      .map(spellings)
      .join('|')})`,
  ].join('|');
  const field = String.raw`((?:${name})["']?[ \t]{0,5}[:=][ \t]{0,5}${SCHEME})(?:${VALUE})`;
  const usual = new RegExp([field, ...SECRET_FORMS].join('|'), 'gi');
  const further = patterns.map(pattern => new RegExp(pattern, 'gi'));
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
      (redacted, pattern) => redacted.replace(pattern, REDACTED_TEXT),
      text.replace(usual, replace),
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
  if (value === null || typeof value !== 'object') return value;
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

/** A text that holds JSON, without the secret fields of that; any other text as it is. */
function redactJson(
  text: string,
  rules: RedactionRules,
  path: readonly string[],
): string {
  const value = /^\s{0,5}[{[]/.test(text) ? parseJson(text) : undefined;
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
