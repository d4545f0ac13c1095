import { setTimeout as delay } from 'node:timers/promises';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { executeScript, type Script } from '../../redis/script';

/**
 * How many replicas of Redis must hold the claim of a guarded slot before its run begins, and how
 * long they may take.
 * @public
 */
export interface ClaimReplicas {
  count: number;
  timeoutMs: number;
}

/**
 * What a server of a cluster answers that has executed nothing, since the slot of the keys is on
 * another one, or on its way there.
 */
const IS_ELSEWHERE = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /;
const RETRY_MS = 100;
/** For a minute: so long may a slot be on its way. */
const MAX_TRIES = 600;

/** What became of a claim. */
export interface ClaimAnswer {
  answer: unknown;
  /** How many replicas hold it; absent where nobody asked. */
  replicas?: number;
}

/** Takes claims in Redis, and waits until as many replicas hold them as are asked for. */
export class Claims {
  constructor(
    private readonly options: {
      client: RedisClient;
      /** Replicas, and the connection for claims alone: waiting for replicas blocks it. */
      replicas?: ClaimReplicas & { client: RedisClient };
    },
  ) {}

  get replicas(): ClaimReplicas | undefined {
    return this.options.replicas;
  }

  /** @param options - `durable`: whether replicas must hold it, where that is configured */
  async take(
    step: Script,
    keys: string[],
    args: Array<string | number>,
    { durable }: { durable: boolean },
  ): Promise<ClaimAnswer> {
    const { client, replicas } = this.options;
    if (!durable || !replicas) {
      return { answer: await executeScript(client, step, keys, args) };
    }
    const { count, timeoutMs } = replicas;
    for (let tries = 1; ; tries += 1) {
      // One pipeline: WAIT speaks of what its own connection wrote, and has no key by which a
      // cluster would find the node.
      const answers = await replicas.client
        .pipeline()
        .eval(step.lua, keys.length, ...keys, ...args)
        .wait(count, timeoutMs)
        .exec();
      const [[problem, answer], [waitProblem, acknowledged]] = answers!;
      const error = problem ?? waitProblem;
      if (!error) return { answer, replicas: Number(acknowledged) };
      if (!IS_ELSEWHERE.test(error.message) || tries === MAX_TRIES) throw error;
      // ioredis repeats no pipeline of which a part was executed, but follows a command
      await replicas.client.exists(keys[0]);
      await delay(RETRY_MS);
    }
  }
}
