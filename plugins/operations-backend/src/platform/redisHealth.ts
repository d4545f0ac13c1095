import type { Sentence } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  OperationsRedis,
  RedisClient,
} from '@craft-easy/backstage-plugin-operations-node';
import { redisTime } from '../lib/redisTime';
import { iso } from '../lib/time';
import { startLoop } from './loop';
import { sentence } from '../lib/sentences';

/** How often Redis is asked whether it is there. */
const LOOK_EVERY_MS = 2000;

/**
 * Knows whether Redis can be reached now. A server that keeps the connection open but does not
 * answer counts as away, and the connection is opened anew: TCP alone would take minutes to notice.
 */
export class RedisHealth {
  available = false;
  asOf = iso(0);
  /**
   * epoch ms at which the last known outage ended: a restart of the server, or a lost connection
   */
  outageEndedAt = 0;
  /** by how much this process' clock was ahead of Redis' at the last look, ms */
  clockSkewMs = 0;
  private awaySince: number | undefined = Date.now();
  private silentLooks = 0;

  constructor(
    private readonly redis: OperationsRedis,
    private readonly logger: LoggerService,
    private readonly onChange: () => void,
  ) {}

  get reason(): Sentence | undefined {
    if (this.available || this.awaySince === undefined) return undefined;
    return sentence('redis-away-since', { since: { at: iso(this.awaySince) } });
  }

  /** Begins to look, until the signal aborts. */
  start(signal: AbortSignal): Promise<void> {
    const { client } = this.redis;
    const loop = startLoop({
      name: "A look at Redis' health",
      pauseMs: LOOK_EVERY_MS,
      signal,
      logger: this.logger,
      work: () => this.look(client),
    });
    const ready = () => loop.wake();
    const lost = () => this.setAway();
    client.on('ready', ready).on('close', lost).on('end', lost);
    return loop.done.finally(() => {
      client.off('ready', ready).off('close', lost).off('end', lost);
    });
  }

  private async look(client: RedisClient) {
    if (client.status !== 'ready') return;
    try {
      const asked = Date.now();
      const time = await redisTime(client, this.redis.keys.workers);
      this.clockSkewMs = certainSkew(time, asked, Date.now());
      this.silentLooks = 0;
      if (!this.available) await this.setBack(client);
      this.asOf = iso(Date.now());
    } catch (error) {
      this.silentLooks += 1;
      this.setAway();
      if (this.silentLooks >= 2 && client.status === 'ready') {
        client.disconnect(true);
      }
      throw error;
    }
  }

  private setAway() {
    if (!this.available) return;
    this.available = false;
    this.awaySince = Date.now();
    this.logger.warn(
      "The platform's Redis is away; history stays readable, actions are refused until it is back",
    );
    this.onChange();
  }

  private async setBack(client: RedisClient) {
    const firstTime = this.asOf === iso(0);
    const startedAt = await serverStart(client);
    this.outageEndedAt = Math.max(
      this.outageEndedAt,
      startedAt,
      firstTime ? 0 : Date.now(),
    );
    this.available = true;
    this.awaySince = undefined;
    this.logger.info("The platform's Redis can be reached");
    this.onChange();
  }
}

/** When the server started, in epoch ms; 0 if its ACL forbids to ask. */
async function serverStart(client: RedisClient): Promise<number> {
  try {
    const info = await client.info('server');
    const uptime = /uptime_in_seconds:(\d+)/.exec(info)?.[1];
    return uptime ? Date.now() - Number(uptime) * 1000 : 0;
  } catch (error) {
    if (/NOPERM/.test(String(error))) return 0;
    throw error;
  }
}

/**
 * By how much a clock is ahead, less what the time of the answer's way may be wrong by: a busy
 * process that reads its answers late is no wrong clock.
 */
export function certainSkew(
  time: number,
  asked: number,
  answered: number,
): number {
  const skew = (asked + answered) / 2 - time;
  const unsure = (answered - asked) / 2;
  return Math.sign(skew) * Math.max(0, Math.abs(skew) - unsure);
}
