import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { KeyRules } from '@craft-easy/backstage-plugin-operations-common';

/** What is known of a key before it is removed. @public */
export interface CacheKeyFacts {
  key: Buffer;
  /** `none`: it is not there (any more) */
  type: string;
  bytes?: number;
  /** absent: it does not expire */
  ttlMs?: number;
}

/** One server that holds keys: a primary. @public */
export interface CacheNode {
  /** Which of the target's servers it is. */
  readonly id: string;
  /**
   * Changes when a scan's cursor becomes worthless: the server was restarted, or another one took
   * its place. Cursors point into a hash table whose seed lives as long as the process.
   */
  readonly epoch: string;
  /** How many keys it holds. */
  size(): Promise<number>;
  usedBytes(): Promise<number>;
  /**
   * One step of a scan. A cursor is a 64-bit number in decimal: a string, `0` at the start and at
   * the end.
   */
  scan(
    cursor: string,
    pattern: string,
    count: number,
  ): Promise<{ cursor: string; keys: Buffer[] }>;
  /** Removes keys of this server. @returns how many were there */
  unlink(keys: Buffer[]): Promise<number>;
  /**
   * Lets keys of this server expire at the epoch milliseconds given beside each, unless they expire
   * sooner anyway.
   * @returns how many were changed
   */
  expireAt(keys: Buffer[], at: number[]): Promise<number>;
  /**
   * The shortest command, beside the work and on a connection of its own: how long it takes to
   * answer is what others feel.
   */
  ping(): Promise<unknown>;
}

/** Connections to a target, for one purge or preview. @public */
export interface CacheSession {
  /** Every primary, in a stable order. */
  nodes(): Promise<CacheNode[]>;
  /** Changes when keys may have moved between servers, so that a scan may have missed some. */
  layout(): Promise<string>;
  /** As {@link CacheNode.unlink}, for keys of whichever server. */
  unlink(keys: Buffer[]): Promise<number>;
  /** As {@link CacheNode.expireAt}, for keys of whichever server. */
  expireAt(keys: Buffer[], at: number[]): Promise<number>;
  /** Which of the keys are there. */
  exist(keys: Buffer[]): Promise<boolean[]>;
  inspect(keys: Buffer[]): Promise<CacheKeyFacts[]>;
  close(): void;
}

/**
 * A cache that operators may purge. Policy comes with it; only the connection is the target's own
 * business.
 * @public
 */
export interface CacheTarget extends KeyRules {
  /** lower-case words joined by hyphens */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly topology: 'single' | 'sentinel' | 'cluster';
  readonly defaultKeysPerSecond: number;
  readonly maxKeysPerSecond: number;
  readonly allowUnthrottled: boolean;
  readonly maxKeysPerPurge: number;
  readonly cooldownSeconds: number;
  /** A purge slows down while others wait so much longer than before it began. */
  readonly maxAddedLatencyMs: number;
  /**
   * Entity references of users and groups that may purge it, besides the permission; empty: whoever
   * has the permission.
   */
  readonly allowedEntityRefs: string[];
  /**
   * @throws ServiceUnavailableError, here or in any call of the session, when the target cannot be
   *   reached
   */
  open(): CacheSession;
}

/** Where modules add targets that config cannot describe. @public */
export interface CacheTargetExtensionPoint {
  /** @throws Error if a target of that name was added before */
  addCacheTarget(target: CacheTarget): void;
}

/** @public */
export const cacheTargetExtensionPoint =
  createExtensionPoint<CacheTargetExtensionPoint>({
    id: 'operations.cache-target',
  });
