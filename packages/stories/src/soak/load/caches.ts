import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Note } from '../journal';
import { CACHE } from '../names';
import type { Random } from '../random';
import type { RedisServers } from '../wire/RedisServers';
import type { Caller } from './Caller';

/** Fills the cache with keys of which it knows the number, and has them purged. */
export async function purgeCaches(
  caller: Caller,
  random: Random,
  redis: RedisServers,
  note: Note,
) {
  while (!caller.closing.aborted) {
    const batch = randomUUID();
    const pattern = `${CACHE.prefix}${batch}:*`;
    const count = random.between(50, 800);
    try {
      await fill(redis, batch, count);
      note('filled', { batch, count });
    } catch (error) {
      note('not-filled', { batch, why: String(error) });
      await pause(1_000);
      continue;
    }
    const preview = await caller.ask(`/caches/${CACHE.target}/previews`, {
      pattern,
    });
    if (preview?.status === 200 && preview.body.allowed) {
      await caller.act('purge', 'POST', `/caches/${CACHE.target}/purges`, {
        previewId: preview.body.id,
        mode: 'hard',
        keysPerSecond: random.pick([500, 2_000, 25_000]),
        reason: `soak purge of ${batch}`,
      });
    }
    await pause(random.between(2_000, 5_000));
  }
}

async function fill(redis: RedisServers, batch: string, count: number) {
  const primaries = await redis.primaries();
  const names = Array.from(
    { length: count },
    (_, i) => `${CACHE.prefix}${batch}:${i}`,
  );
  if (primaries.length === 1) {
    const [{ direct }] = primaries;
    const answers = await direct
      .pipeline(names.map(name => ['set', name, 'value', 'EX', '3600']))
      .exec();
    const failed = answers?.find(([error]) => error);
    if (!answers || failed) throw failed?.[0] ?? new Error('no answer');
    return;
  }
  // of a cluster, each server takes its own, and refuses what is another's
  for (const name of names) {
    await Promise.any(
      primaries.map(({ direct }) => direct.set(name, 'value', 'EX', 3_600)),
    );
  }
}
