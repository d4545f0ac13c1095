import {
  parseJson,
  WEBHOOK_DISPATCHERS_GROUP,
  WEBHOOK_REPLAY_FIELD,
  type WebhookReplayCommand,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { ProtocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';

import type { RequestVerifier } from '../requests/RequestVerifier';
import { readReplay } from './replayRequests';

type Entries = Array<[id: string, fields: string[] | null]>;

/** A replay that is to be done. */
export interface AcceptedReplay {
  command: WebhookReplayCommand;
  /** As it came, with its signature. */
  message: unknown;
}

const BATCH = 200;

/**
 * Reads replay commands off the protocol's stream, as one of the dispatchers' group: each command
 * goes to one dispatcher, and to another if that one died before it had queued it.
 */
export class ReplayReader {
  private stopped = false;
  private running?: Promise<void>;

  /** @param blocking - a connection for the waiting reads alone */
  constructor(
    private readonly options: {
      redis: RedisClient;
      blocking: RedisClient;
      keys: ProtocolKeys;
      consumer: string;
      recoverAfterMs: number;
      verifier: RequestVerifier;
      accept(replays: AcceptedReplay[]): Promise<void>;
      onError(error: Error): void;
    },
  ) {}

  async start(): Promise<void> {
    await this.ensureGroup();
    this.running = this.loop();
  }

  /** The blocking connection is to be closed by the caller: it ends the read that is waiting. */
  stop(): void {
    this.stopped = true;
  }

  async stopping(): Promise<void> {
    await this.running;
  }

  private async ensureGroup(): Promise<void> {
    const { redis, keys } = this.options;
    await redis
      .xgroup(
        'CREATE',
        keys.webhookReplays,
        WEBHOOK_DISPATCHERS_GROUP,
        '0',
        'MKSTREAM',
      )
      .catch((error: Error) => {
        if (!error.message.startsWith('BUSYGROUP')) throw error;
      });
  }

  private async loop(): Promise<void> {
    let reclaimAt = 0;
    while (!this.stopped) {
      try {
        if (Date.now() >= reclaimAt) {
          reclaimAt = Date.now() + this.options.recoverAfterMs / 2;
          await this.take(await this.reclaim());
        }
        await this.take(await this.read());
      } catch (error) {
        if (this.stopped) return;
        if (String(error).includes('NOGROUP')) await this.ensureGroup();
        else this.options.onError(error as Error);
        await new Promise(resolve => setTimeout(resolve, 500).unref());
      }
    }
  }

  private async read(): Promise<Entries> {
    const { blocking, keys, consumer } = this.options;
    const answer = (await blocking.xreadgroup(
      'GROUP',
      WEBHOOK_DISPATCHERS_GROUP,
      consumer,
      'COUNT',
      BATCH,
      'BLOCK',
      2_000,
      'STREAMS',
      keys.webhookReplays,
      '>',
    )) as Array<[string, Entries]> | null;
    return answer?.[0]?.[1] ?? [];
  }

  private async reclaim(): Promise<Entries> {
    const { redis, keys, consumer, recoverAfterMs } = this.options;
    const answer = (await redis.xautoclaim(
      keys.webhookReplays,
      WEBHOOK_DISPATCHERS_GROUP,
      consumer,
      recoverAfterMs,
      '0',
      'COUNT',
      BATCH,
    )) as [string, Entries];
    return answer[1];
  }

  private async take(entries: Entries): Promise<void> {
    if (entries.length === 0) return;
    const { onError, verifier } = this.options;
    const replays: AcceptedReplay[] = [];
    for (const [, fields] of entries) {
      const at = fields ? fields.indexOf(WEBHOOK_REPLAY_FIELD) : -1;
      const json = at < 0 ? undefined : fields![at + 1];
      const message = json && parseJson(json);
      const read = readReplay(message, verifier);
      if ('command' in read) replays.push({ ...read, message });
      else onError(new Error(`A replay is not obeyed: ${read.problem}`));
    }
    await this.options.accept(replays);
    const ids = entries.map(([id]) => id);
    const { redis, keys } = this.options;
    await redis
      .multi()
      .xack(keys.webhookReplays, WEBHOOK_DISPATCHERS_GROUP, ...ids)
      .xdel(keys.webhookReplays, ...ids)
      .exec();
  }
}
