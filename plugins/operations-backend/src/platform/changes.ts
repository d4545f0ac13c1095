import {
  changeMessageSchema,
  type ChangeMessage,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  endConnection,
  keepSubscribed,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import {
  type OperationsRedis,
  type RedisClient,
} from '@craft-easy/backstage-plugin-operations-node';

/** News of one log are passed on at most this often. */
const LOG_NEWS_EVERY_MS = 250;

/** What was changed: kind as in the protocol's ChangeMessage; `log` with the id of the run. */
export type OnChanged = (kind: string, id?: string) => void;

/**
 * Listens to the platform's news and passes on that something changed, never what. Lost messages
 * (an outage) do no harm: everything is read anew from time to time anyhow.
 */
export class Changes {
  private readonly lastLogNews = new Map<string, number>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private subscriber?: RedisClient;

  constructor(
    private readonly redis: OperationsRedis,
    private readonly onChanged: OnChanged,
  ) {}

  start() {
    const { changesChannel, logChannel } = this.redis.keys;
    this.subscriber = this.redis.connect('subscriber', 'changes');
    this.subscriber.on('message', (channel: string, message: string) => {
      if (channel === logChannel) this.logAppended(message);
      else this.changed(message);
    });
    // it fails only when the connection is ended for good
    keepSubscribed(this.subscriber, [changesChannel, logChannel]).catch(
      () => {},
    );
  }

  stop() {
    if (this.subscriber) endConnection(this.subscriber);
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private changed(message: string) {
    const change = parse(message);
    if (change) this.onChanged(change.changed, change.id);
  }

  /** A busy log is news four times a second, the last of them after its last line. */
  private logAppended(runId: string) {
    if (this.timers.has(runId) || runId.length > 200) return;
    const since = Date.now() - (this.lastLogNews.get(runId) ?? 0);
    const wait = Math.max(0, LOG_NEWS_EVERY_MS - since);
    const timer = setTimeout(() => {
      this.timers.delete(runId);
      if (this.lastLogNews.size > 10_000) this.lastLogNews.clear();
      this.lastLogNews.set(runId, Date.now());
      this.onChanged('log', runId);
    }, wait);
    timer.unref();
    this.timers.set(runId, timer);
  }
}

function parse(message: string): ChangeMessage | undefined {
  try {
    return changeMessageSchema.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}
