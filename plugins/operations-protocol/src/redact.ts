import type { RunRecord } from './jobs';

/** What stands in the place of a secret. @public */
export const REDACTED_TEXT = '[redacted]';

/** What a secret looks like in a text, wherever it stands: `name: value` of the usual names, and values that tell themselves. @public */
export const SECRET_TEXT_PATTERNS: readonly string[] = [
  // password=…, "api_key": "…", client-secret: …; what is redacted already stays as it is, and hides nothing behind it
  String.raw`(?<=(?:password|passwd|passphrase|secret|token|api[-_]?key|private[-_]?key|access[-_]?key)["']?\s*[:=]\s*["']?)(?!\[redacted\](?:[\s"',;&}\]<]|$))(?:\[redacted\])?[^\s"',;&}\]<]+`,
  // authorization: Bearer …, and a bearer token by itself
  String.raw`(?<=\b(?:Bearer|Basic)\s+)[\w~+/.-]{8,}=*`,
  // postgres://user:password@host
  String.raw`(?<=:\/\/[^\s:/@]{0,100}:)[^\s/@]+(?=@)`,
  // JSON Web Tokens
  String.raw`\beyJ[\w-]{8,2000}\.[\w-]{8,4000}\.[\w-]+`,
  // keys in PEM
  String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`,
  // AWS, GitHub, Slack, Stripe, Standard Webhooks
  String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
  String.raw`\bgh[pousr]_\w{20,}`,
  String.raw`\bxox[abprs]-[\w-]{10,}`,
  String.raw`\b[rs]k_(?:live|test)_\w{10,}`,
  String.raw`\bwhsec_[\w+/=-]{10,}`,
];

/** Takes secrets out of a text. @public */
export type RedactText = (text: string) => string;

/**
 * @param patterns - regular expressions besides the usual ones; what they match is replaced, case does not matter
 * @throws SyntaxError if one is not a regular expression
 * @public
 */
export function createTextRedactor(
  patterns: readonly string[] = [],
): RedactText {
  for (const pattern of patterns) RegExp(pattern);
  const all = new RegExp(
    [...SECRET_TEXT_PATTERNS, ...patterns.map(p => `(?:${p})`)].join('|'),
    'gi',
  );
  return text => text.replace(all, REDACTED_TEXT);
}

/** A record without what looks like a secret in its error and log; parameters are left, since a retry needs them. @public */
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
