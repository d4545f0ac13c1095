import type { Request, Response } from 'express';
import type { FlagSnapshot } from './FlagSnapshot';

const LOOK_EVERY_MS = 500;
const KEEP_ALIVE_MS = 20_000;
const MAX_STREAMS = 1_000;

/**
 * Server-sent events that ask to fetch anew and say nothing else: an opaque tag, no flag, no value.
 * So they need no credentials, which the EventSource of a browser cannot send.
 */
export class EventStreams {
  private readonly open = new Set<Response>();
  private timer: NodeJS.Timeout | undefined;
  private tag: string | undefined;
  private spokeAt = 0;

  constructor(private readonly snapshot: FlagSnapshot) {}

  async connect(req: Request, res: Response): Promise<void> {
    if (this.open.size >= MAX_STREAMS) {
      res.setHeader('retry-after', '30');
      res.status(503).json({ errorDetails: 'too many open streams' });
      return;
    }
    this.tag ??= await this.snapshot.tag();
    res.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    });
    res.write('retry: 2000\n\n');
    const last = req.header('last-event-id');
    if (last && last !== this.tag) res.write(this.event());
    this.open.add(res);
    res.on('close', () => {
      this.open.delete(res);
      if (this.open.size === 0) this.stop();
    });
    if (!this.timer) {
      this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
      this.timer.unref();
    }
  }

  close(): void {
    for (const res of this.open) res.end();
    this.stop();
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.tag = undefined;
  }

  private async look(): Promise<void> {
    let tag: string;
    try {
      tag = await this.snapshot.tag();
    } catch {
      // The database is away for a moment: clients keep the values that they have.
      return;
    }
    if (!this.timer) return;
    if (tag !== this.tag) {
      this.tag = tag;
      this.say(this.event());
    } else if (Date.now() - this.spokeAt > KEEP_ALIVE_MS) {
      this.say(': still here\n\n');
    }
  }

  private say(text: string): void {
    this.spokeAt = Date.now();
    for (const res of this.open) res.write(text);
  }

  private event(): string {
    const data = JSON.stringify({ type: 'refetchEvaluation', etag: this.tag });
    return `id: ${this.tag}\nevent: message\ndata: ${data}\n\n`;
  }
}
