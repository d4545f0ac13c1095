import { createServer, type IncomingMessage, type Server } from 'node:http';
import { z } from 'zod';

const messageSchema = z.object({
  to: z.string(),
  subject: z.string(),
  text: z.string(),
});

const outageSchema = z.object({
  /** answers that fail */
  count: z.number().int().min(1).default(1),
  /** answers before that which do not */
  after: z.number().int().min(0).default(0),
});

/** State of the mail provider: what was sent, and how many answers shall fail. */
export class MailProvider {
  /** idempotency key → message */
  private readonly sent = new Map<string, z.infer<typeof messageSchema>>();
  private duplicates = 0;
  private healthyFor = 0;
  private failures = 0;

  /** The gateway in front of the provider is going to fail. */
  plan(outage: { count: number; after: number }): void {
    this.healthyFor = outage.after;
    this.failures = outage.count;
  }

  /** Whether this request meets the outage. */
  meetsOutage(): boolean {
    if (this.failures === 0) {
      return false;
    }
    if (this.healthyFor > 0) {
      this.healthyFor -= 1;
      return false;
    }
    this.failures -= 1;
    return true;
  }

  /** @returns false where this very message was sent before */
  accept(key: string, message: z.infer<typeof messageSchema>): boolean {
    if (this.sent.has(key)) {
      this.duplicates += 1;
      return false;
    }
    this.sent.set(key, message);
    return true;
  }

  counts(): { sent: number; duplicates: number } {
    return { sent: this.sent.size, duplicates: this.duplicates };
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
}

interface Answer {
  status: number;
  body: unknown;
}

async function answer(
  provider: MailProvider,
  request: IncomingMessage,
): Promise<Answer> {
  const route = `${request.method} ${request.url}`;
  if (route === 'GET /v1/messages') {
    return { status: 200, body: provider.counts() };
  }
  if (route === 'POST /outages') {
    provider.plan(outageSchema.parse(await readJson(request)));
    return { status: 202, body: {} };
  }
  if (route !== 'POST /v1/messages') {
    return { status: 404, body: { error: 'not found' } };
  }
  const message = messageSchema.parse(await readJson(request));
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') {
    return { status: 400, body: { error: 'Idempotency-Key is needed' } };
  }
  if (provider.meetsOutage()) {
    return { status: 502, body: { error: 'upstream did not answer' } };
  }
  return provider.accept(key, message)
    ? { status: 202, body: { accepted: true } }
    : { status: 200, body: { accepted: true, duplicate: true } };
}

/**
 * The mail provider's API: `POST /v1/messages` (with Idempotency-Key), `GET /v1/messages` (how
 * many were sent), `POST /outages` {count, after} (answer 502 so many times).
 */
export function createMailServer(provider: MailProvider): Server {
  return createServer((request, response) => {
    answer(provider, request)
      .catch(error => ({ status: 400, body: { error: String(error.message) } }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
  });
}
