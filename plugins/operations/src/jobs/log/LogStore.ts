import type {
  LogPage,
  LogQuery,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { askedWaitMs } from '@craft-easy/backstage-plugin-operations-react/internal';
import { coloursAfter, NO_COLOURS, type OpenColours } from './ansi';

/** A line of a log. */
export type LogLine = LogPage['lines'][number];

const TAIL = 500;
const CHUNK = 500;
const MOST = 1000;
/**
 * The wait between two requests for a running log: with the request itself, a new line shows well
 * within a second.
 */
const FOLLOW_MS = 400;
const SLOWEST_FOLLOW_MS = 5_000;

/**
 * The known part of a log: first its end, further parts when the user scrolls to them, new lines as
 * they are written. So a log of a hundred thousand lines opens with one request, like one of a
 * hundred.
 */
export class LogStore {
  /** how many lines there are, known or not */
  total = 0;
  /** number of the first line that still exists */
  floor = 1;
  ended = false;
  /** `tail`: the log itself is gone, and only its end was kept with the run */
  source: LogPage['source'] = 'live';
  /** why there is no log here, and where it is */
  noLog: string | undefined;
  loaded = false;
  error: Error | undefined;
  /** grows with every change, for memoisation */
  version = 0;

  private readonly lines = new Map<number, LogLine>();
  /** by the number of a line: what is set where it begins */
  private readonly colours = new Map<number, OpenColours>();
  private readonly pending = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private nextAfter = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private running = false;
  /** a step is under way: the answer that it waits for leads to the next one */
  private stepping = false;

  constructor(
    private readonly fetchPage: (query: Partial<LogQuery>) => Promise<LogPage>,
  ) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  line(n: number): LogLine | undefined {
    return this.lines.get(n);
  }

  /** What the lines before a line set, as far back as they are known. */
  coloursBefore(n: number): OpenColours {
    let at = n;
    while (!this.colours.has(at) && this.lines.has(at - 1)) at--;
    let open = this.colours.get(at) ?? NO_COLOURS;
    for (; at < n; at++) {
      open = coloursAfter(this.lines.get(at)!.text, open);
      this.colours.set(at + 1, open);
    }
    return open;
  }

  /** The known lines, in order. */
  known(): LogLine[] {
    return [...this.lines.values()].sort((a, b) => a.n - b.n);
  }

  get knownCount(): number {
    return this.lines.size;
  }

  get complete(): boolean {
    return this.loaded && this.lines.size >= this.total - this.floor + 1;
  }

  /** Loads the end, and follows the log until it has ended or {@link stop} is called. */
  start(): void {
    if (this.running) return;
    this.running = true;
    document.addEventListener('visibilitychange', this.wake);
    this.step();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
    document.removeEventListener('visibilitychange', this.wake);
  }

  /** Tries again at once after an error. */
  retry(): void {
    this.failures = 0;
    clearTimeout(this.timer);
    if (this.running) this.step();
  }

  /** Loads the missing parts of a range of lines. */
  async ensure(from: number, to: number): Promise<void> {
    const first = Math.floor((Math.max(from, this.floor) - 1) / CHUNK);
    const last = Math.floor((Math.min(to, this.total) - 1) / CHUNK);
    const asked = [];
    for (let chunk = first; chunk <= last; chunk++) {
      if (!this.pending.has(chunk) && this.misses(chunk))
        asked.push(this.loadChunk(chunk));
    }
    await Promise.all(asked);
  }

  /**
   * Loads everything, the newest part first, so that a search finds what was written last first.
   * `signal` ends it early.
   */
  async loadAll(signal: AbortSignal): Promise<void> {
    while (!this.complete && !signal.aborted) {
      const gap = this.lastGap();
      if (gap === undefined) return;
      const before = this.lines.size;
      const floor = this.floor;
      const from = Math.max(this.floor, gap - MOST + 1);
      const page = await this.fetchPage({
        after: from - 1,
        limit: gap - from + 1,
      });
      this.take(page);
      this.raiseFloor(from, gap, page);
      this.changed();
      // an answer without new lines would be requested for ever
      if (this.lines.size === before && this.floor === floor) return;
    }
  }

  private readonly wake = () => {
    if (document.visibilityState === 'hidden' || !this.running || this.ended)
      return;
    clearTimeout(this.timer);
    this.step();
  };

  private async step(): Promise<void> {
    if (this.stepping) return;
    this.stepping = true;
    const first = !this.loaded;
    let full = false;
    try {
      const page = await this.fetchPage(
        first ? { tail: TAIL } : { after: this.nextAfter, limit: MOST },
      );
      this.take(page);
      this.nextAfter = page.nextAfter;
      this.noLog = page.noLog;
      // what is kept elsewhere will not come here
      this.ended = page.ended || page.noLog !== undefined;
      this.source = page.source;
      if (first) {
        this.loaded = true;
        // lines that were not kept cannot be requested
        if (page.source === 'tail')
          this.floor = page.lines[0]?.n ?? page.totalLines + 1;
      }
      full = !first && page.lines.length === MOST;
      this.failures = 0;
      this.error = undefined;
    } catch (error) {
      this.failures++;
      this.error = error as Error;
    }
    this.stepping = false;
    this.changed();
    if (!this.running || this.ended || document.visibilityState === 'hidden')
      return;
    const wait = Math.max(
      Math.min(SLOWEST_FOLLOW_MS, FOLLOW_MS * 2 ** this.failures),
      askedWaitMs(this.error),
    );
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.step(), full ? 0 : wait);
  }

  private async loadChunk(chunk: number): Promise<void> {
    this.pending.add(chunk);
    const from = chunk * CHUNK + 1;
    try {
      const page = await this.fetchPage({ after: from - 1, limit: CHUNK });
      this.take(page);
      this.raiseFloor(from, Math.min(from + CHUNK - 1, this.total), page);
      this.error = undefined;
    } catch (error) {
      this.error = error as Error;
    } finally {
      this.pending.delete(chunk);
      this.changed();
    }
  }

  private take(page: LogPage): void {
    const known = this.lines.size;
    for (const line of page.lines) this.lines.set(line.n, line);
    // What is added before known lines may set their colours.
    if (this.lines.size > known && page.lines[0].n <= this.total) {
      this.colours.clear();
    }
    this.total = Math.max(this.total, page.totalLines);
  }

  /**
   * A bounded log loses its oldest lines: an answer that begins later than requested shows where it
   * begins now.
   */
  private raiseFloor(from: number, to: number, page: LogPage): void {
    const begins = page.lines[0]?.n ?? to + 1;
    if (begins > from && begins > this.floor) {
      this.floor = begins;
      // Cut once for all: a line's colours shall not change by what it no longer follows.
      this.coloursBefore(begins);
      for (const n of this.lines.keys()) if (n < begins) this.lines.delete(n);
    }
  }

  private misses(chunk: number): boolean {
    const from = Math.max(this.floor, chunk * CHUNK + 1);
    const to = Math.min(this.total, (chunk + 1) * CHUNK);
    for (let n = from; n <= to; n++) if (!this.lines.has(n)) return true;
    return false;
  }

  private lastGap(): number | undefined {
    for (let n = this.total; n >= this.floor; n--)
      if (!this.lines.has(n)) return n;
    return undefined;
  }

  private changed(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }
}
