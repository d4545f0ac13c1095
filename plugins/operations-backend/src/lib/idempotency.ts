import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConflictError } from '@backstage/errors';
import { IDEMPOTENCY_KEY_HEADER } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { MalformedRequestError } from './parse';

/** A request that has not finished after this long was interrupted; another may do it again. */
const ABANDONED_AFTER_MS = 30_000;
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
    throw new MalformedRequestError(
      `${IDEMPOTENCY_KEY_HEADER}: 1 to 200 visible ASCII characters`,
    );
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
    first: () => Promise<T>,
  ): Promise<T> {
    if (!request) return first();
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const claim = await this.claim(request);
      if (claim.result !== undefined) return JSON.parse(claim.result);
      if (claim.mine) break;
      if (Date.now() > deadline) {
        throw new ConflictError(
          'The first request with this Idempotency-Key is still under way',
        );
      }
      await sleep(POLL_MS);
    }
    const { actor, key } = request;
    try {
      const result = await first();
      await this.knex('idempotency_keys')
        .where({ actor, key })
        .update({ result: JSON.stringify(result) });
      return result;
    } catch (error) {
      await this.knex('idempotency_keys')
        .where({ actor, key })
        .delete()
        // the claim then ends by its age
        .catch(() => undefined);
      throw error;
    }
  }

  /** Deletes keys that nobody repeats any more. */
  async prune(before: number): Promise<void> {
    await this.knex('idempotency_keys')
      .where('claimed_at', '<', before)
      .delete();
  }

  private async claim(
    request: IdempotentRequest,
  ): Promise<{ mine: boolean; result?: string }> {
    const { actor, key, requestHash } = request;
    const now = Date.now();
    const inserted = await this.knex('idempotency_keys')
      .insert({ actor, key, request_hash: requestHash, claimed_at: now })
      .onConflict(['actor', 'key'])
      .ignore()
      .returning('key');
    if (inserted.length) return { mine: true };
    const row = await this.knex('idempotency_keys')
      .where({ actor, key })
      .first();
    if (!row) return { mine: false };
    if (row.request_hash !== requestHash) {
      throw new ConflictError(
        'This Idempotency-Key was used for another request; take a new one',
      );
    }
    if (row.result !== null) return { mine: false, result: row.result };
    if (now - Number(row.claimed_at) < ABANDONED_AFTER_MS) {
      return { mine: false };
    }
    const taken = await this.knex('idempotency_keys')
      .where({ actor, key, claimed_at: row.claimed_at })
      .whereNull('result')
      .update({ claimed_at: now });
    return { mine: taken === 1 };
  }
}
