import { ConflictError, InputError } from '@backstage/errors';
import type {
  CachePreview,
  CachePurgeRequest,
  Capability,
  Sentence,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { cachePurgePermission } from '@craft-easy/backstage-plugin-operations-common';
import type { CacheTarget } from '@craft-easy/backstage-plugin-operations-node';
import { iso } from '../lib/time';
import {
  ALLOWED,
  assertAllowed,
  lacking,
  refused,
} from '../permissions/capabilities';
import type { PurgeRow } from './purgeRow';
import { refusal, sentence } from '../lib/sentences';

/** The caller, as far as the rules need to know. */
export interface PurgeCaller {
  actor: string;
  /** has operations.cache.purge */
  mayPurge: boolean;
  /** the caller, and the groups that the caller belongs to */
  ownership: string[];
}

/** Whether somebody may purge a target at all; the page shows the same words beforehand. */
export function purgeCapability(
  target: CacheTarget,
  caller: PurgeCaller,
): Capability {
  if (!caller.mayPurge) return lacking(cachePurgePermission.name);
  const { allowedEntityRefs } = target;
  if (
    allowedEntityRefs.length > 0 &&
    !caller.ownership.some(ref => allowedEntityRefs.includes(ref))
  ) {
    const [entityRef] = allowedEntityRefs;
    const names = allowedEntityRefs.join(', ');
    return refused(
      'permission',
      sentence('cache-only-by', { cache: target.title, people: names }),
      { title: entityRef, entityRef },
    );
  }
  return ALLOWED;
}

/** @throws NotAllowedError */
export function assertMayPurge(target: CacheTarget, caller: PurgeCaller) {
  assertAllowed(purgeCapability(target, caller));
}

/** Whether somebody may stop a purge. @param target - absent: it is configured no more */
export function cancelCapability(
  purge: PurgeRow,
  target: CacheTarget | undefined,
  caller: PurgeCaller,
): Capability {
  const may = target ? purgeCapability(target, caller) : undefined;
  if (may && !may.allowed) return may;
  switch (purge.status) {
    case 'queued':
    case 'running':
      return ALLOWED;
    case 'cancelling':
      return refused('state', sentence('purge-stopping'));
    default:
      return refused('state', sentence('purge-ended'));
  }
}

/**
 * Until when somebody has to wait; undefined: not at all.
 *
 * @param last - the newest purge of the target by the same person
 */
export function cooldownUntil(
  target: CacheTarget,
  last: PurgeRow | undefined,
  now: number,
): number | undefined {
  const until = (last?.createdAt ?? 0) + target.cooldownSeconds * 1000;
  return until > now ? until : undefined;
}

export function tooSoon(target: CacheTarget, until: number): ConflictError {
  return refusal(
    ConflictError,
    sentence('purge-too-soon', {
      cache: target.title,
      time: { at: iso(until) },
    }),
  );
}

/** Over how long the keys of a soft purge expire, seconds. @throws InputError */
export function windowOf(
  request: CachePurgeRequest,
  preview: CachePreview,
): number | undefined {
  if (request.mode === 'hard') return undefined;
  const least = preview.minSoftWindowSeconds;
  const seconds = request.windowSeconds ?? Math.max(60, least);
  if (seconds < least) {
    throw refusal(
      InputError,
      sentence('purge-window', {
        field: 'body.windowSeconds',
        count: preview.count,
        seconds: least,
      }),
    );
  }
  return seconds;
}

/** Keys a second; 0 is unthrottled. @throws InputError */
export function rateOf(
  request: CachePurgeRequest,
  target: CacheTarget,
): number {
  const rate = request.keysPerSecond ?? target.defaultKeysPerSecond;
  if (rate === 0 && !target.allowUnthrottled) {
    throw refusal(
      InputError,
      sentence('purge-throttled', {
        field: 'body.keysPerSecond',
        cache: target.title,
      }),
    );
  }
  if (rate > target.maxKeysPerSecond) {
    throw refusal(
      InputError,
      sentence('purge-rate', {
        field: 'body.keysPerSecond',
        limit: target.maxKeysPerSecond,
        cache: target.title,
      }),
    );
  }
  return rate;
}

/** Why the keys that a preview found may not be purged. */
export function problemOf(
  target: CacheTarget,
  facts: Pick<CachePreview, 'count' | 'skipped' | 'missing'>,
): Sentence | undefined {
  if (facts.count > target.maxKeysPerPurge) {
    return sentence('purge-too-many', {
      count: facts.count,
      limit: target.maxKeysPerPurge,
    });
  }
  if (facts.count === 0) {
    const { skipped } = facts;
    return skipped.length
      ? sentence('purge-all-skipped', skipped[0])
      : sentence('purge-nothing');
  }
  return undefined;
}
