import { Dispatcher, request } from 'undici';
import type {
  WebhookAttempt,
  WebhookError,
  WebhookErrorClass,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { assertAllowedUrl, EgressOptions } from './egress/guard';
import { retryAfterMs } from './backoff';
import { signWebhook } from './signature';

/**
 * Bytes of an answer that are read, and characters that are reported after its secrets were taken
 * out.
 */
const READ_BYTES = 8_192;
const EXCERPT_CHARS = 2_000;
const MAX_HEADERS = 20;

/** What one attempt sends, where. */
export interface Outgoing {
  url: string;
  secrets: string[];
  headers?: Record<string, string>;
  webhookId: string;
  body: string;
  contentType: string;
}

/** How one attempt went. `retryAfterMs` is what the receiver asked for. */
export interface AttemptResult {
  attempt: Omit<WebhookAttempt, 'n'>;
  retryAfterMs?: number;
}

/** Takes secrets out of texts that are reported. */
export type Clean = {
  text(text: string): string;
  isSecretName(name: string): boolean;
};

/** Makes one attempt. Never throws: whatever goes wrong is the attempt's error. */
export async function deliver(
  outgoing: Outgoing,
  context: {
    agent: Dispatcher;
    egress: EgressOptions;
    timeoutMs: number;
    clean: () => Clean;
  },
): Promise<AttemptResult> {
  const startedAt = Date.now();
  const started = performance.now();
  const common = (sent: boolean) => ({
    at: new Date(startedAt).toISOString(),
    durationMs: Math.round((performance.now() - started) * 10) / 10,
    sent,
  });
  try {
    const url = assertAllowedUrl(outgoing.url, context.egress);
    const response = await request(url, {
      method: 'POST',
      headers: {
        ...outgoing.headers,
        'content-type': outgoing.contentType,
        'user-agent': 'operations-webhooks/1',
        ...signWebhook({
          id: outgoing.webhookId,
          body: outgoing.body,
          secrets: outgoing.secrets,
          timestamp: startedAt,
        }),
      },
      body: outgoing.body,
      dispatcher: context.agent,
      signal: AbortSignal.timeout(context.timeoutMs),
    });
    const { statusCode: status } = response;
    if (status >= 200 && status < 300) {
      // The answer counts, not what it says; read it only to keep the connection.
      await response.body.dump({ limit: READ_BYTES }).catch(() => undefined);
      return { attempt: { ...common(true), status } };
    }
    const text = await readExcerpt(response.body);
    const clean = context.clean();
    return {
      attempt: {
        ...common(true),
        status,
        error: errorOfStatus(status),
        responseHeaders: excerptHeaders(response.headers, clean),
        responseBody: clean.text(text).slice(0, EXCERPT_CHARS),
      },
      retryAfterMs: retryAfterMs(
        [response.headers['retry-after']].flat()[0],
        Date.now(),
      ),
    };
  } catch (thrown) {
    const error = errorOfException(thrown);
    error.message = context.clean().text(error.message).slice(0, 1000);
    const sent = !['forbidden-address', 'endpoint'].includes(error.class);
    return { attempt: { ...common(sent), error } };
  }
}

async function readExcerpt(body: Dispatcher.ResponseData['body']) {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= READ_BYTES) break; // leaving the loop destroys the stream
    }
  } catch {
    // An answer that breaks off is still an answer: its status says what counts.
  }
  return Buffer.concat(chunks).subarray(0, READ_BYTES).toString('utf8');
}

function excerptHeaders(
  headers: Record<string, string | string[] | undefined>,
  clean: Clean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined)
      .slice(0, MAX_HEADERS)
      .map(([name, value]) => [
        name.slice(0, 200),
        clean.isSecretName(name)
          ? '[redacted]'
          : clean.text(String(value)).slice(0, 500),
      ]),
  );
}

/** Class of an answer that is not 2xx, as Standard Webhooks 1.0.0 tells them apart. */
function errorOfStatus(status: number): WebhookError {
  return {
    class: classOfStatus(status),
    code: String(status),
    message: `The receiver answered ${status}`,
  };
}

function classOfStatus(status: number): WebhookErrorClass {
  if (status === 410) return 'gone';
  if (status === 429) return 'throttled';
  if (status >= 500) return 'server-error';
  if (status >= 400) return 'client-error';
  return 'redirect';
}

const CLASS_BY_CODE: Array<[RegExp, WebhookErrorClass]> = [
  [/^ERR_FORBIDDEN_ADDRESS$/, 'forbidden-address'],
  [/TIMEOUT|^ETIMEDOUT$|^TimeoutError$/, 'timeout'],
  [/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/, 'dns'],
  [/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO)/, 'tls'],
  [/^(ECONN|EPIPE|EHOST|ENET|EADDR|UND_ERR_)/, 'connection'],
];

/** Class of an exception, by its code or that of its causes. */
function errorOfException(thrown: unknown): WebhookError {
  for (const error of causes(thrown)) {
    const code = String(
      (error as { code?: unknown }).code ?? (error as Error).name ?? '',
    );
    const found = CLASS_BY_CODE.find(([pattern]) => pattern.test(code));
    if (found) {
      return {
        class: found[1],
        code: code.slice(0, 60),
        message: error.message || code,
      };
    }
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { class: 'endpoint', code: 'CONFIGURATION', message };
}

function causes(thrown: unknown): Error[] {
  if (!(thrown instanceof Error)) return [];
  const inner = thrown instanceof AggregateError ? thrown.errors : [];
  return [thrown, ...inner.flatMap(causes), ...causes(thrown.cause)];
}
