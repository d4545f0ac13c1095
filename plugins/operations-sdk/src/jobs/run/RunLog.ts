import {
  LOG_LIMITS,
  type LogTail,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { ProtocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { executeScript } from '../../redis/script';
import { appendLog } from '../scripts';

const FLUSH_AFTER_MS = 100;
const FLUSH_AT_LINES = 500;
const LINES_PER_COMMAND = 1_000;
/** What may wait to be sent; beyond it the oldest lines are left out, and a line notes it. */
const MAX_WAITING_LINES = 20_000;
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
const RETRY_MS = 500;

/** What one call may write; of a longer text the rest is left out, and a line notes it. */
const MAX_TEXT = 1024 * 1024;
const MAX_LINES_OF_TEXT = 10_000;
/** Read beyond the end of what is kept, so that a secret across the cut is recognised. */
const MARGIN = 4_096;

interface Line {
  n: number;
  t: number;
  x: string;
}

/** @internal */
export interface RunLogOptions {
  client: RedisClient;
  keys: ProtocolKeys;
  runId: string;
  /** Epoch ms, by which lines are dated. */
  now(): number;
  /** Number of the last line that an earlier attempt wrote. */
  startAfter?: number;
  /** Takes secrets out, before anything leaves the process. */
  redact?: (text: string) => string;
  onError: (error: Error) => void;
}

/** A text cut a little after what is kept of its lines, and of each, before anything reads it. */
function shorten(text: string): string {
  const max = LOG_LIMITS.maxLineBytes + MARGIN;
  if (text.length <= max) return text;
  return text
    .split('\n', MAX_LINES_OF_TEXT + MARGIN)
    .map(line => line.slice(0, max))
    .join('\n');
}

/** Cuts a line to what the protocol allows. */
function fit(text: string): string {
  const max = LOG_LIMITS.maxLineBytes;
  // A character has at most three bytes per UTF-16 unit, so most lines need no counting.
  if (text.length * 3 <= max || Buffer.byteLength(text) <= max) {
    return text;
  }
  // A cut within a character decodes to U+FFFD, which is dropped.
  const cut = Buffer.from(text)
    .subarray(0, max - 3)
    .toString('utf8')
    .replace(/\uFFFD{1,3}$/, '');
  return `${cut}…`;
}

/**
 * The log of one run: accepts lines at once, sends them in batches, keeps the tail. Its memory is
 * bounded whatever the handler does.
 */
export class RunLog {
  private waiting: Line[] = [];
  private waitingBytes = 0;
  private leftOut = 0;
  private lastLeftOut: Line | undefined;
  private lastLine: number;
  private readonly recent: Line[] = [];
  private sending = false;
  private timer: NodeJS.Timeout | undefined;
  private immediate = false;
  private closed = false;
  private waiters: Array<() => void> = [];

  constructor(private readonly options: RunLogOptions) {
    this.lastLine = options.startAfter ?? 0;
  }

  append(text: string): void {
    const t = this.options.now();
    const given = String(text);
    const cut = shorten(given.slice(0, MAX_TEXT + MARGIN));
    // Redacted as a whole: a key in PEM spans several lines.
    const whole = (this.options.redact?.(cut) ?? cut).slice(0, MAX_TEXT);
    const lines = whole.includes('\n')
      ? whole.replace(/\r?\n$/, '').split(/\r?\n/, MAX_LINES_OF_TEXT + 1)
      : [whole];
    for (const line of lines.slice(0, MAX_LINES_OF_TEXT)) this.push(t, line);
    if (given.length > MAX_TEXT || lines.length > MAX_LINES_OF_TEXT) {
      this.push(
        t,
        `… the rest of this text was left out: it has ${given.length} characters`,
      );
    }
    this.schedule();
  }

  /** The end of the log, for the final record; undefined where nothing was logged. */
  tail(): LogTail | undefined {
    if (this.recent.length === 0) {
      return undefined;
    }
    const ordered = this.recent.filter(Boolean).sort((a, b) => a.n - b.n);
    const lines: LogTail['lines'] = [];
    let bytes = 0;
    for (let i = ordered.length - 1; i >= 0; i--) {
      bytes += Buffer.byteLength(ordered[i].x);
      if (bytes > LOG_LIMITS.tailBytes) {
        break;
      }
      const { n, t, x } = ordered[i];
      lines.push({ n, time: new Date(t).toISOString(), text: x });
    }
    return { lines: lines.reverse(), totalLines: this.lastLine };
  }

  /** Resolves when all lines are in Redis. */
  async flushed(): Promise<void> {
    if (this.waiting.length === 0 && !this.sending) {
      return;
    }
    await new Promise<void>(resolve => {
      this.waiters.push(resolve);
      this.send();
    });
  }

  /** Gives up what could not be sent. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.release();
  }

  private push(t: number, text: string): void {
    const line = { n: ++this.lastLine, t, x: fit(text) };
    this.recent[line.n % LOG_LIMITS.tailLines] = line;
    this.waiting.push(line);
    this.waitingBytes += line.x.length;
    if (
      this.waiting.length > MAX_WAITING_LINES ||
      this.waitingBytes > MAX_WAITING_BYTES
    ) {
      this.leaveOutOldest();
    }
  }

  private leaveOutOldest(): void {
    const oldest = this.waiting.splice(0, Math.ceil(this.waiting.length / 2));
    for (const line of oldest) {
      this.waitingBytes -= line.x.length;
    }
    this.leftOut += oldest.length;
    this.lastLeftOut = oldest[oldest.length - 1];
  }

  private schedule(): void {
    if (this.sending || this.closed || this.immediate) {
      return;
    }
    if (this.waiting.length >= FLUSH_AT_LINES) {
      this.immediate = true;
      setImmediate(() => {
        this.immediate = false;
        this.send();
      });
    } else if (!this.timer) {
      this.timer = setTimeout(() => this.send(), FLUSH_AFTER_MS);
    }
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.sending || this.closed) {
      return;
    }
    const batch = this.takeBatch();
    if (batch.length === 0) {
      this.release();
      return;
    }
    this.sending = true;
    const { client, keys, runId, onError } = this.options;
    const args: Array<string | number> = [
      LOG_LIMITS.maxLines,
      LOG_LIMITS.ttlMs,
      keys.logChannel,
      runId,
    ];
    for (const line of batch) {
      args.push(line.n, line.t, line.x);
    }
    executeScript(client, appendLog, [keys.log(runId)], args).then(
      () => {
        this.sending = false;
        if (this.waiters.length > 0 || this.waiting.length >= FLUSH_AT_LINES) {
          this.send();
        } else if (this.waiting.length > 0) {
          this.schedule();
        }
      },
      (error: Error) => {
        this.sending = false;
        if (this.closed) {
          return;
        }
        onError(error);
        this.waiting = batch.concat(this.waiting);
        this.waitingBytes += batch.reduce((sum, l) => sum + l.x.length, 0);
        this.timer = setTimeout(() => this.send(), RETRY_MS);
      },
    );
  }

  private takeBatch(): Line[] {
    const batch =
      this.waiting.length <= LINES_PER_COMMAND
        ? this.waiting
        : this.waiting.slice(0, LINES_PER_COMMAND);
    this.waiting =
      batch === this.waiting ? [] : this.waiting.slice(LINES_PER_COMMAND);
    for (const line of batch) {
      this.waitingBytes -= line.x.length;
    }
    if (this.lastLeftOut) {
      const count = this.leftOut;
      batch.unshift({
        n: this.lastLeftOut.n,
        t: this.lastLeftOut.t,
        x: `… ${count} lines were left out here: they were written faster than they could be kept`,
      });
      this.leftOut = 0;
      this.lastLeftOut = undefined;
    }
    return batch;
  }

  private release(): void {
    const waiters = this.waiters;
    this.waiters = [];
    waiters.forEach(resolve => resolve());
  }
}
