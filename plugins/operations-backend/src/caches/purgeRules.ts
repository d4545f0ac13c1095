import { ConflictError, InputError } from '@backstage/errors';
import type {
  CachePreview,
  CachePurgeRequest,
  Capability,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { cachePurgePermission } from '@craft-easy/backstage-plugin-operations-common';
import type { CacheTarget } from '@craft-easy/backstage-plugin-operations-node';
import { iso, utcText } from '../lib/time';
import {
  ALLOWED,
  assertAllowed,
  lacking,
  refused,
} from '../permissions/capabilities';
import type { PurgeRow } from './purgeRow';

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
  if (!caller.mayPurge) return lacking(cachePurgePermission.name, 'this');
  const { allowedEntityRefs } = target;
  if (
    allowedEntityRefs.length > 0 &&
    !caller.ownership.some(ref => allowedEntityRefs.includes(ref))
  ) {
    const [entityRef] = allowedEntityRefs;
    const names = allowedEntityRefs.join(', ');
    return refused(
      'permission',
      `${target.title} may be purged only by ${names}`,
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
      return refused('state', 'It is already being stopped.');
    default:
      return refused('state', 'It has already ended.');
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
  return new ConflictError(
    `You purged ${
      target.title
    } a moment ago; the next purge may start at ${utcText(iso(until))}`,
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
    throw new InputError(
      `body.windowSeconds: ${preview.count} keys must be spread over at least ${least} s, or their refill comes all at once`,
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
    throw new InputError(
      `body.keysPerSecond: ${target.title} may not be purged unthrottled`,
    );
  }
  if (rate > target.maxKeysPerSecond) {
    throw new InputError(
      `body.keysPerSecond: at most ${target.maxKeysPerSecond} for ${target.title}`,
    );
  }
  return rate;
}

/** Why the keys that a preview found may not be purged. */
export function problemOf(
  target: CacheTarget,
  facts: Pick<CachePreview, 'count' | 'skipped' | 'missing'>,
): string | undefined {
  if (facts.count > target.maxKeysPerPurge) {
    return `About ${facts.count} keys match; at most ${target.maxKeysPerPurge} may be purged at once. Make the pattern narrower.`;
  }
  if (facts.count === 0) {
    const { skipped } = facts;
    return skipped.length
      ? `Nothing to purge: what matches may not be touched (${skipped[0].key} ${skipped[0].why}).`
      : 'Nothing matches: there is nothing to purge.';
  }
  return undefined;
}
