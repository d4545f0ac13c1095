import {
  createTextRedactor,
  isSecretName,
  parseJsonExactly,
  REDACTED_TEXT,
  redactValue,
  WEBHOOK_PAYLOAD_EXCERPT_LENGTH,
  type RedactText,
  type WebhookPayload,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';

const normalise = (name: string) => name.toLowerCase().replace(/[-_\s]/g, '');

/** Shorter values are not searched for elsewhere: `1` or `no` would blot out half of a text. */
const SHORTEST_VALUE = 4;

/** A payload that may leave the platform, and the values that were taken out of it. */
export interface RedactedPayload {
  payload: WebhookPayload;
  /** To be taken out of every other text that is reported. */
  secrets: string[];
}

/** Takes secrets out of what leaves the platform. */
export class Redactor {
  private readonly names = new Set<string>();
  private readonly paths: string[][] = [];
  private readonly redactText: RedactText;

  /**
   * @param fields - names (`cardNumber`, at any depth) and paths (`customer.bank.iban`,
   *   `items.*.code`), besides the usual ones
   */
  constructor(fields: string[] = []) {
    for (const field of fields) {
      if (field.includes('.')) this.paths.push(field.split('.').map(normalise));
      else this.names.add(normalise(field));
    }
    const lastNames = this.paths.map(path => path[path.length - 1]);
    this.redactText = createTextRedactor(
      [],
      [...this.names, ...lastNames.filter(name => name !== '*')],
    );
  }

  /** Whether a header or field of this name holds a secret. */
  isSecretName(name: string): boolean {
    return isSecretName(name) || this.names.has(normalise(name));
  }

  /**
   * The payload as the portal may show it: JSON and forms without secrets, anything else withheld.
   */
  payload(body: string, contentType: string): RedactedPayload {
    const redacted: string[] = [];
    const secrets = new Set<string>();
    const text = this.readable(body, contentType, (path, value) => {
      redacted.push(path.join('.'));
      collect(value, secrets);
    });
    const base = {
      contentType,
      size: Buffer.byteLength(body),
      truncated: false,
      redacted: redacted.slice(0, 200).map(path => path.slice(0, 300)),
    };
    if (text === undefined) {
      const withheld =
        'neither JSON nor a form: secret fields cannot be recognised';
      return { payload: { ...base, withheld }, secrets: [] };
    }
    return {
      payload: {
        ...base,
        text: text.slice(0, WEBHOOK_PAYLOAD_EXCERPT_LENGTH),
        truncated: text.length > WEBHOOK_PAYLOAD_EXCERPT_LENGTH,
      },
      secrets: [...secrets],
    };
  }

  /**
   * A text from elsewhere, such as an answer or an error, without known secret values and without
   * what looks like a secret.
   */
  text(text: string, secrets: string[]): string {
    // the longest first: one within another would leave the rest of that readable
    const forms = [...new Set(secrets.flatMap(formsOf))]
      .filter(form => form !== '')
      .sort((a, b) => b.length - a.length);
    const out = forms.reduce(
      (rest, form) => rest.split(form).join(REDACTED_TEXT),
      text,
    );
    return this.redactText(out);
  }

  private readable(
    body: string,
    contentType: string,
    onSecret: (path: readonly string[], value: unknown) => void,
  ): string | undefined {
    const rules = {
      isSecret: (path: readonly string[]) => this.isSecretPath(path),
      onSecret,
    };
    if (/x-www-form-urlencoded/i.test(contentType)) {
      const out = new URLSearchParams();
      for (const [name, value] of new URLSearchParams(body)) {
        out.append(name, String(redactValue(value, rules, [name])));
      }
      return out.toString();
    }
    const value = parseJsonExactly(body);
    return value === undefined
      ? undefined
      : JSON.stringify(redactValue(value, rules));
  }

  private isSecretPath(path: readonly string[]): boolean {
    if (this.isSecretName(path[path.length - 1])) return true;
    return this.paths.some(
      pattern =>
        pattern.length === path.length &&
        pattern.every((part, i) => part === '*' || part === normalise(path[i])),
    );
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
