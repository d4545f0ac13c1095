/*
 * What a secret looks like: names of fields, and forms of the secret itself. Whoever writes a log
 * or answers a webhook chooses the text, so each pattern is proven to take time in proportion to it
 * (`linear.ts`; `patterns.test.ts` proves and measures them).
 */

/** A field is secret whose name contains one of these; case, `-`, `_` and spaces do not matter. */
export const SECRET_WORDS = [
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
export const SECRET_NAMES = ['cardNumber', 'pan', 'cvc', 'cvv', 'ssn'];

/** A name without what does not matter in it. */
export const normaliseName = (name: string) =>
  name.toLowerCase().replace(/[-_\s]/g, '');

const PEM_LABEL = String.raw`[A-Z ]{0,30}PRIVATE KEY-----`;

/** Secrets that are recognised by their form. A leading group is kept. */
export const SECRET_FORMS = [
  // A bearer token by itself.
  String.raw`(\b(?:Bearer|Basic)[ \t]{1,5})[\w~+/.-]{8,}=*`,
  // postgres://user:password@host
  String.raw`(:\/\/[^\s:/@]{0,100}:)[^\s/@]+(?=@)`,
  // JSON Web Tokens
  String.raw`(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+`,
  // Keys in PEM; one without an end is taken out to the end of the text.
  String.raw`-----BEGIN ${PEM_LABEL}(?:[^-]|-(?!----END ${PEM_LABEL}))*(?:-----END ${PEM_LABEL})?`,
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

/** A pattern for a name in any of its spellings: `apiKey`, `api_key`, `API-KEY`. */
function spellings(name: string): string {
  return [...normaliseName(name)]
    .map(c => c.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[-_ ]?');
}

/**
 * The pattern of a secret field with its value, such as `password=…`. Its first group is what comes
 * before the value.
 * @param names - whole names of further secret fields
 */
export function secretFieldPattern(names: readonly string[] = []): string {
  const whole = [...SECRET_NAMES, ...names].filter(normaliseName);
  const name = [
    ...SECRET_WORDS.map(spellings),
    `(?<![A-Za-z0-9])(?:${whole.map(spellings).join('|')})`,
  ].join('|');
  return String.raw`((?:${name})["']?[ \t]{0,5}[:=][ \t]{0,5}${SCHEME})(?:${VALUE})`;
}
