import {
  createTextRedactor,
  REDACTED_TEXT as REDACTED,
  WEBHOOK_PAYLOAD_EXCERPT_LENGTH,
  WebhookPayload,
} from '@craft-easy/backstage-plugin-operations-protocol';

/** Names of fields that are secrets wherever they stand, letter case, `-` and `_` not minded. @public */
export const DEFAULT_SECRET_FIELDS = [
  'password',
  'passphrase',
  'secret',
  'clientSecret',
  'token',
  'accessToken',
  'refreshToken',
  'idToken',
  'apiKey',
  'privateKey',
  'authorization',
  'cookie',
  'setCookie',
  'cardNumber',
  'pan',
  'cvc',
  'cvv',
  'ssn',
];

const normalise = (name: string) => name.toLowerCase().replace(/[-_\s]/g, '');
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Values shorter than this are not looked for elsewhere: `1` or `no` would blot out half of a text. */
const SHORTEST_VALUE = 4;

/** A payload fit to leave the platform, and the values that were taken out of it, to be taken out of everything else too. */
export interface RedactedPayload {
  payload: WebhookPayload;
  secrets: string[];
}

/** Takes secrets out of what leaves the platform. */
export class Redactor {
  private readonly names = new Set<string>();
  private readonly paths: string[][] = [];
  private readonly namePattern: RegExp;
  private readonly redactText = createTextRedactor();

  /** @param fields - names (`cardNumber`, at any depth) and paths (`customer.bank.iban`, `items.*.code`), besides the default ones */
  constructor(fields: string[] = []) {
    for (const field of [...DEFAULT_SECRET_FIELDS, ...fields]) {
      if (field.includes('.')) this.paths.push(field.split('.').map(normalise));
      else this.names.add(normalise(field));
    }
    const lastNames = this.paths.map(path => path[path.length - 1]);
    const all = [...this.names, ...lastNames.filter(name => name !== '*')].map(
      name => [...name].map(escaped).join('[-_\\s]*'),
    );
    this.namePattern = new RegExp(
      `((?:^|[^A-Za-z0-9])["']?(?:${all.join(
        '|',
      )})["']?\\s*[:=]\\s*)("(?:[^"\\\\]|\\\\.)*"?|'[^']*'?|[^\\s,;&}\\]<]+)`,
      'gi',
    );
  }

  /** Whether a header or field of this name holds a secret. */
  isSecretName(name: string): boolean {
    return this.names.has(normalise(name));
  }

  /** The payload as the portal may see it: JSON and forms without their secrets, anything else withheld. */
  payload(body: string, contentType: string): RedactedPayload {
    const base = {
      contentType,
      size: Buffer.byteLength(body),
      truncated: false,
      redacted: [] as string[],
    };
    const secrets = new Set<string>();
    const text = this.readable(body, contentType, base.redacted, secrets);
    if (text === undefined) {
      return {
        payload: {
          ...base,
          withheld: 'neither JSON nor a form: fields cannot be told apart',
        },
        secrets: [],
      };
    }
    return {
      payload: {
        ...base,
        redacted: base.redacted.slice(0, 200).map(path => path.slice(0, 300)),
        text: text.slice(0, WEBHOOK_PAYLOAD_EXCERPT_LENGTH),
        truncated: text.length > WEBHOOK_PAYLOAD_EXCERPT_LENGTH,
      },
      secrets: [...secrets],
    };
  }

  /** A text that is not ours (an answer, an error): without the values known to be secret, what looks like a secret field, and what tells itself to be one. */
  text(text: string, secrets: string[]): string {
    let out = text;
    for (const secret of secrets) {
      for (const form of formsOf(secret)) out = out.split(form).join(REDACTED);
    }
    return this.redactText(out.replace(this.namePattern, `$1${REDACTED}`));
  }

  private readable(
    body: string,
    contentType: string,
    redacted: string[],
    secrets: Set<string>,
  ): string | undefined {
    if (/x-www-form-urlencoded/i.test(contentType)) {
      const form = new URLSearchParams(body);
      const out = new URLSearchParams();
      for (const [name, value] of form) {
        const clean = this.walk(value, [name], redacted, secrets);
        out.append(name, typeof clean === 'string' ? clean : String(clean));
      }
      return out.toString();
    }
    const value = parseJson(body);
    if (value === undefined) return undefined;
    return JSON.stringify(this.walk(value, [], redacted, secrets));
  }

  private walk(
    value: unknown,
    path: string[],
    redacted: string[],
    secrets: Set<string>,
  ): unknown {
    if (path.length > 0 && this.isSecretPath(path)) {
      redacted.push(path.join('.'));
      collect(value, secrets);
      return REDACTED;
    }
    if (Array.isArray(value)) {
      return value.map((item, i) =>
        this.walk(item, [...path, String(i)], redacted, secrets),
      );
    }
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [
          name,
          this.walk(item, [...path, name], redacted, secrets),
        ]),
      );
    }
    // JSON carried inside a string: the fields in it are fields too.
    if (typeof value === 'string' && /^\s*[{[]/.test(value)) {
      const inner = parseJson(value);
      if (inner !== undefined) {
        return JSON.stringify(this.walk(inner, path, redacted, secrets));
      }
    }
    return value;
  }

  private isSecretPath(path: string[]): boolean {
    const last = path[path.length - 1];
    if (this.names.has(normalise(last))) return true;
    return this.paths.some(
      pattern =>
        pattern.length === path.length &&
        pattern.every((part, i) => part === '*' || part === normalise(path[i])),
    );
  }
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined; // not JSON is an answer, not an error
  }
}

function collect(value: unknown, secrets: Set<string>): void {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) collect(item, secrets);
  } else if (
    String(value).length >= SHORTEST_VALUE &&
    typeof value !== 'boolean' &&
    value !== null
  ) {
    secrets.add(String(value));
  }
}

/** The ways in which a receiver may have written a value into its answer. */
function formsOf(value: string): string[] {
  return [
    ...new Set([
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
      Buffer.from(value).toString('base64'),
    ]),
  ];
}
