import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_S = 300;

/** What a tenant's own software does with webhooks: verifies, keeps each message once, counts. */
export class Receiver {
  private readonly seen = new Map<
    string,
    { eventType: string; times: number }
  >();
  private refused = 0;
  /** the tenant's software is down: it answers 503 */
  down = false;

  constructor(private readonly secret: string) {}

  /** @returns the HTTP status of the answer */
  receive(headers: Record<string, unknown>, body: string): number {
    if (this.down) return 503;
    const id = String(headers['webhook-id'] ?? '');
    if (!this.isSigned(id, headers, body)) {
      this.refused += 1;
      return 401;
    }
    const known = this.seen.get(id);
    if (known) known.times += 1;
    else this.seen.set(id, { eventType: eventTypeOf(body), times: 1 });
    return 204;
  }

  /** How often each message came, and how many came more than once. */
  counts() {
    const messages = [...this.seen].map(([id, { eventType, times }]) => ({
      id,
      eventType,
      times,
    }));
    return {
      down: this.down,
      distinct: messages.length,
      duplicates: messages.reduce((n, { times }) => n + times - 1, 0),
      refused: this.refused,
      messages: messages.slice(-200),
    };
  }

  /** Standard Webhooks, from the receiver's side. */
  private isSigned(
    id: string,
    headers: Record<string, unknown>,
    body: string,
  ): boolean {
    const timestamp = Number(headers['webhook-timestamp']);
    const age = Math.abs(Date.now() / 1000 - timestamp);
    if (!id || !(age <= TOLERANCE_S)) return false;
    const expected = createHmac(
      'sha256',
      Buffer.from(this.secret.replace(/^whsec_/, ''), 'base64'),
    )
      .update(`${id}.${headers['webhook-timestamp']}.${body}`)
      .digest();
    return String(headers['webhook-signature'] ?? '')
      .split(' ')
      .map(signature => Buffer.from(signature.replace(/^v1,/, ''), 'base64'))
      .some(
        signature =>
          signature.length === expected.length &&
          timingSafeEqual(signature, expected),
      );
  }
}

function eventTypeOf(body: string): string {
  try {
    return String(JSON.parse(body).type);
  } catch {
    return 'unknown'; // signed by the platform, though no JSON
  }
}
