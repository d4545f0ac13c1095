import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConflictError } from '@backstage/errors';
import type { Knex } from 'knex';
import { MalformedRequestError } from './parse';
import { int } from './sql';
import { refusal, sentence } from './sentences';

/** How often a request that is under way says so. */
const BEAT_MS = 500;
/** A request that has been silent for this long was interrupted; another may do it again. */
const ABANDONED_AFTER_MS = 1_500;
/** How long a repetition waits for the first request to finish. */
const PATIENCE_MS = 20_000;
const POLL_MS = 25;

/** What makes repetitions of a request one. */
export interface IdempotentRequest {
  actor: string;
  key: string;
  /** of method, path and body: the same key for something else is a mistake */
  requestHash: string;
}

/** @throws MalformedRequestError if the header is not 1–200 visible ASCII characters */
export function idempotencyOf(
  actor: string,
  header: string | undefined,
  request: unknown,
): IdempotentRequest | undefined {
  if (header === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,200}$/.test(header)) {
    throw refusal(MalformedRequestError, sentence('key-form'));
  }
  return {
    actor,
    key: header,
    requestHash: createHash('sha256')
      .update(JSON.stringify(request) ?? '')
      .digest('hex'),
  };
}

/**
 * A UUID that follows from the key, so that a repetition names the same thing even after a crash; a
 * random one where there is no key.
 */
export function uuidOf(request: IdempotentRequest | undefined): string {
  if (!request) return randomUUID();
  const hex = createHash('sha256')
    .update(`${request.actor}\n${request.key}`)
    .digest('hex');
  // version 8 of RFC 9562: its content is free
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${((parseInt(hex[16], 16) & 3) | 8).toString(16)}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** A request that is being answered for the first time. */
export interface Claim {
  /**
   * Stores the result within the transaction of the effect, so that a repetition after a crash gets
   * the answer of what was done.
   *
   * @throws ConflictError if another request took over, since this one was taken for dead
   */
  remember(trx: Knex.Transaction, result: unknown): Promise<void>;
}

const NO_CLAIM: Claim = { remember: async () => {} };

/** Whose a key is: a beat that does not grow any more is that of a process that died. */
interface Holder {
  owner: string | null;
  beat: number;
}

/** Remembers what requests with an `Idempotency-Key` did, over replicas and restarts. */
export class Idempotency {
  constructor(private readonly knex: Knex) {}

  /**
   * Calls `first` once per key; repetitions wait for it and get its result. If it throws, nothing
   * is remembered and the next request may try again.
   *
   * @throws ConflictError if the key was used for another request
   */
  async once<T>(
    request: IdempotentRequest | undefined,
    first: (claim: Claim) => Promise<T>,
  ): Promise<T> {
    if (!request) return first(NO_CLAIM);
    const owner = randomUUID();
    const found = await this.claim(request, owner);
    if (found !== undefined) return JSON.parse(found);
    const mine = () => this.row(request).where({ owner });
    const beating = setInterval(() => {
      // one that cannot say so is taken over, and then finds out when it stores its result
      mine()
        .increment('beat', 1)
        .catch(() => undefined);
    }, BEAT_MS);
    beating.unref();
    try {
      const result = await first({
        async remember(trx, made) {
          const kept = await trx('idempotency_keys')
            .where({ actor: request.actor, key: request.key, owner })
            .update({ result: JSON.stringify(made) });
          if (kept === 1) return;
          throw refusal(ConflictError, sentence('key-taken-over'));
        },
      });
      await mine().update({ result: JSON.stringify(result) });
      return result;
    } catch (error) {
      await mine()
        .whereNull('result')
        .delete()
        // the claim then ends by its silence
        .catch(() => undefined);
      throw error;
    } finally {
      clearInterval(beating);
    }
  }

  /** Deletes keys that nobody repeats any more. */
  async prune(before: number): Promise<void> {
    await this.knex('idempotency_keys')
      .where('claimed_at', '<', before)
      .delete();
  }

  /**
   * Waits until the key is free, or has a result.
   *
   * @returns the result; nothing if the key is now `owner`'s
   */
  private async claim(
    request: IdempotentRequest,
    owner: string,
  ): Promise<string | undefined> {
    const { actor, key, requestHash } = request;
    const began = performance.now();
    let holder: Holder | undefined;
    let silentSince = began;
    for (;;) {
      const inserted = await this.knex('idempotency_keys')
        .insert({
          ...{ actor, key, owner, beat: 0 },
          request_hash: requestHash,
          claimed_at: Date.now(),
        })
        .onConflict(['actor', 'key'])
        .ignore()
        .returning('key');
      if (inserted.length) return undefined;
      const row = await this.row(request).first();
      const now = performance.now();
      if (row) {
        if (row.request_hash !== requestHash) {
          throw refusal(ConflictError, sentence('key-other-request'));
        }
        if (row.result !== null) return row.result;
        const seen: Holder = { owner: row.owner, beat: int(row.beat) };
        if (seen.owner !== holder?.owner || seen.beat !== holder?.beat) {
          holder = seen;
          silentSince = now;
        } else if (now - silentSince >= ABANDONED_AFTER_MS) {
          const taken = await this.row(request)
            .where(holder)
            .whereNull('result')
            .update({ owner, beat: 0, claimed_at: Date.now() });
          if (taken === 1) return undefined;
        }
      }
      if (now - began > PATIENCE_MS) {
        throw refusal(ConflictError, sentence('key-under-way'));
      }
      await sleep(POLL_MS);
    }
  }

  private row({ actor, key }: IdempotentRequest): Knex.QueryBuilder {
    return this.knex('idempotency_keys').where({ actor, key });
  }
}
