import { createHmac } from 'node:crypto';

/** Standard Webhooks 1.0.0: a secret holds 24 to 64 bytes. */
const SECRET_BYTES = { min: 24, max: 64 };

const parsed = new Map<string, Buffer>();

/** A secret as people paste it: white space around it is none of it. */
export function trimSecret(secret: string): { secret: string; key: string } {
  const trimmed = secret.trim();
  return { secret: trimmed, key: trimmed.replace(/^whsec_/, '') };
}

/**
 * Key of a secret, `whsec_` and base64. What is not base64 is refused: decoding would leave out
 * what it does not know, and sign with another key than the receiver's.
 * @throws Error that does not repeat the secret
 */
function keyOf(secret: string): Buffer {
  let key = parsed.get(secret);
  if (!key) {
    const { key: text } = trimSecret(secret);
    key = Buffer.from(text, 'base64');
    const wrong = problemOf(text, key);
    if (wrong) {
      throw new Error(
        `A webhook secret must be "whsec_" and ${SECRET_BYTES.min} to ${SECRET_BYTES.max} bytes in base64; this one ${wrong}`,
      );
    }
    if (parsed.size > 10_000) parsed.clear();
    parsed.set(secret, key);
  }
  return key;
}

function problemOf(text: string, key: Buffer): string | undefined {
  const withoutPadding = (base64: string) => base64.replace(/={1,2}$/, '');
  if (/^v\d+a?,/.test(text)) return 'has a version before it: leave that out';
  if (withoutPadding(key.toString('base64')) !== withoutPadding(text)) {
    return 'is no base64';
  }
  if (key.length < SECRET_BYTES.min || key.length > SECRET_BYTES.max) {
    return `has ${key.length}`;
  }
  return undefined;
}

/** The three headers of Standard Webhooks. @public */
export interface WebhookHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/**
 * Signs a message as Standard Webhooks 1.0.0 says: HMAC-SHA256 of `id.timestamp.body`, one
 * signature per secret, so that a receiver that knows the old or the new one of a rotation can
 * verify.
 * @param options - `timestamp` in epoch milliseconds; now if not given
 * @public
 */
export function signWebhook(options: {
  id: string;
  body: string;
  secrets: string[];
  timestamp?: number;
}): WebhookHeaders {
  if (options.id.includes('.')) {
    throw new Error('A webhook id must not contain a dot');
  }
  if (options.secrets.length === 0) {
    throw new Error('A webhook endpoint needs at least one secret');
  }
  const seconds = Math.floor((options.timestamp ?? Date.now()) / 1000);
  const content = `${options.id}.${seconds}.${options.body}`;
  return {
    'webhook-id': options.id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': options.secrets
      .map(
        secret =>
          `v1,${createHmac('sha256', keyOf(secret))
            .update(content)
            .digest('base64')}`,
      )
      .join(' '),
  };
}
