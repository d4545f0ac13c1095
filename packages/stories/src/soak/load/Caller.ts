import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Note } from '../journal';

/** An answer that settles an action: it was accepted, or refused for good. */
export interface Answer {
  status: number;
  body: any;
}

const ANSWER_MS = 15_000;
const AGAIN_AFTER_MS = 400;
/** The same request may have another answer later: it is under way, there are too many, it hung. */
const PASSING = [408, 425, 429];

/**
 * A client of the API that takes no silence for an answer: an action is repeated under its key
 * until somebody says what became of it. Everything is in the journal.
 */
export class Caller {
  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly note: Note,
    /** from then on nothing new is begun, and nothing repeated for ever */
    readonly closing: AbortSignal,
  ) {}

  /** @returns undefined where the soak ends before there is an answer */
  async act(
    action: string,
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: object,
    headers: Record<string, string> = {},
  ): Promise<Answer | undefined> {
    const key = randomUUID();
    this.note('asked', { key, action, path, body });
    while (!this.closing.aborted) {
      const answer = await this.send(method, path, body, {
        'idempotency-key': key,
        ...headers,
      });
      this.note('answered', { key, action, ...answer });
      if (typeof answer.status === 'number' && isFinal(answer as Answer)) {
        return answer as Answer;
      }
      await pause(AGAIN_AFTER_MS);
    }
    return undefined;
  }

  /** Reads, until there is an answer; undefined where the soak ends before. */
  async read(path: string): Promise<any> {
    while (!this.closing.aborted) {
      const answer = await this.send('GET', path);
      if (answer.status === 200) return answer.body;
      this.note('not-read', { path, ...answer });
      if (answer.status && answer.status < 500 && answer.status !== 429) {
        throw new Error(`GET ${path}: ${answer.status}`);
      }
      await pause(AGAIN_AFTER_MS);
    }
    return undefined;
  }

  /** One request of something that is no action, such as a preview. */
  async ask(path: string, body: object): Promise<Answer | undefined> {
    const answer = await this.send('POST', path, body);
    return answer.status ? (answer as Answer) : undefined;
  }

  private async send(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Partial<Answer> & { silence?: string }> {
    try {
      const response = await fetch(`${this.url}/api/operations/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const text = await response.text();
      try {
        return { status: response.status, body: JSON.parse(text) };
      } catch {
        // A portal that has just started listens before its plugins have routes.
        if (response.status === 404) return { silence: 'no plugin yet' };
        return { status: response.status, body: text };
      }
    } catch (error) {
      const { message, cause } = error as Error & { cause?: Error };
      return { silence: cause?.message ?? message };
    }
  }
}

function isFinal({ status, body }: Answer): boolean {
  if (status >= 500 || PASSING.includes(status)) return false;
  return !(status === 409 && /still under way/.test(JSON.stringify(body)));
}
