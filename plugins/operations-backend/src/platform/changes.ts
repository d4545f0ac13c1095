import { changeMessageSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  OperationsRedis,
  RedisClient,
} from '@craft-easy/backstage-plugin-operations-node';
import {
  endConnection,
  keepSubscribed,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { parseJson } from '../lib/json';
import { throttled } from '../lib/throttled';

/** Changes of one log are passed on at most this often, the last of them after its last line. */
const LOG_NEWS_EVERY_MS = 250;

/** What was changed: kind as in the protocol's ChangeMessage; `log` with the id of the run. */
export type OnChanged = (kind: string, id?: string) => void;

/**
 * Listens to the platform's messages and passes on that something changed, never what. Messages
 * that are lost in an outage do no harm, since everything is also read from time to time.
 */
export class Changes {
  private readonly logs = throttled(LOG_NEWS_EVERY_MS, runId =>
    this.onChanged('log', runId),
  );
  private subscriber?: RedisClient;

  constructor(
    private readonly redis: OperationsRedis,
    private readonly onChanged: OnChanged,
  ) {}

  start() {
    const { changesChannel, logChannel } = this.redis.keys;
    this.subscriber = this.redis.connect('subscriber', 'changes');
    this.subscriber.on('message', (channel: string, message: string) => {
      if (channel !== logChannel) this.changed(message);
      else if (message.length <= 200) this.logs.call(message);
    });
    // it fails only when the connection is ended for good
    keepSubscribed(this.subscriber, [changesChannel, logChannel]).catch(
      () => {},
    );
  }

  stop() {
    if (this.subscriber) endConnection(this.subscriber);
    this.logs.stop();
  }

  private changed(message: string) {
    const parsed = parseJson(changeMessageSchema, message);
    if ('data' in parsed) this.onChanged(parsed.data.changed, parsed.data.id);
  }
}
