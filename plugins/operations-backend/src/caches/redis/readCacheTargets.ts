import type { Config } from '@backstage/config';
import { cacheTargetNameSchema } from '@craft-easy/backstage-plugin-operations-common/internal';
import { readRedisOptions } from '@craft-easy/backstage-plugin-operations-node/internal';
import type { CacheTarget } from '@craft-easy/backstage-plugin-operations-node';
import { PROTOCOL_VERSION } from '@craft-easy/backstage-plugin-operations-protocol';
import { RedisSession } from './RedisSession';

/**
 * Reads `operations.caches.targets`. The protocol's keys and all job queues are protected on every
 * target, whatever the config says.
 * @throws Error naming the key that is wrong
 */
export function readCacheTargets(config: Config): CacheTarget[] {
  const targets =
    config.getOptionalConfigArray('operations.caches.targets') ?? [];
  const names = new Set<string>();
  return targets.map((target, i) => {
    const key = `operations.caches.targets[${i}]`;
    const name = target.getString('name');
    if (!cacheTargetNameSchema.safeParse(name).success) {
      throw new Error(`${key}.name must be lower-case words joined by hyphens`);
    }
    if (names.has(name)) throw new Error(`${key}.name ${name} is given twice`);
    names.add(name);
    const title = target.getOptionalString('title') ?? name;
    const settings = readConnection(config, target, key);
    const number = (at: string, fallback: number, min: number) => {
      const value = target.getOptionalNumber(at) ?? fallback;
      if (!Number.isFinite(value) || value < min) {
        throw new Error(`${key}.${at} must be a number of at least ${min}`);
      }
      return value;
    };
    const defaultRate = number('defaultKeysPerSecond', 25_000, 1);
    return protectOwnKeys(config, {
      name,
      title,
      description: target.getOptionalString('description') ?? '',
      topology: settings.topology.kind,
      allowedPrefixes: target.getOptionalStringArray('allowedPrefixes') ?? [],
      protectedPrefixes: (
        target.getOptionalConfigArray('protectedPrefixes') ?? []
      ).map(entry => ({
        prefix: entry.getString('prefix'),
        why: entry.getOptionalString('why') ?? 'protected by configuration',
      })),
      defaultKeysPerSecond: defaultRate,
      maxKeysPerSecond: number(
        'maxKeysPerSecond',
        Math.max(50_000, defaultRate),
        defaultRate,
      ),
      allowUnthrottled: target.getOptionalBoolean('allowUnthrottled') ?? false,
      maxKeysPerPurge: number('maxKeysPerPurge', 5_000_000, 1),
      cooldownSeconds: number('cooldownSeconds', 30, 0),
      maxAddedLatencyMs: number('maxAddedLatencyMs', 1, 0.05),
      allowedEntityRefs:
        target.getOptionalStringArray('allowedEntityRefs') ?? [],
      open: () => new RedisSession(settings, title),
    });
  });
}

/**
 * The target with the job queues, the observed ones too, and the protocol's keys protected, whoever
 * describes the target and whichever server it is on: two targets may be one server by two names.
 */
export function protectOwnKeys(
  config: Config,
  target: CacheTarget,
): CacheTarget {
  const { namespace, queuePrefix } = readRedisOptions(config);
  const own = [
    { prefix: `${queuePrefix}:`, why: 'job queues' },
    {
      prefix: `${namespace}:`,
      why: `records of Operations, protocol ${PROTOCOL_VERSION}`,
    },
    ...observedQueues(config).filter(
      ({ prefix }) => !prefix.startsWith(`${queuePrefix}:`),
    ),
  ];
  return {
    ...targetFacts(target),
    protectedPrefixes: [...own, ...target.protectedPrefixes],
    maxAddedLatencyMs: target.maxAddedLatencyMs,
    allowedEntityRefs: target.allowedEntityRefs,
    open: () => target.open(),
  };
}

/** Where the keys of observed queues begin; a pattern's, up to its first asterisk. */
function observedQueues(config: Config): CacheTarget['protectedPrefixes'] {
  const entries =
    config.getOptionalConfigArray('operations.jobs.observedQueues') ?? [];
  return entries.flatMap(entry => {
    const prefix = entry.getOptionalString('prefix');
    if (prefix === undefined) return [];
    const queue = entry.getString('queue');
    const [literal] = queue.split('*');
    return literal === queue
      ? { prefix: `${prefix}:${queue}:`, why: `job queue ${queue}` }
      : { prefix: `${prefix}:${literal}`, why: `job queues ${queue}` };
  });
}

/** What a page shows of a target, field by field: it may be an instance of a module's class. */
export function targetFacts(target: CacheTarget) {
  return {
    name: target.name,
    title: target.title,
    description: target.description,
    topology: target.topology,
    allowedPrefixes: target.allowedPrefixes,
    protectedPrefixes: target.protectedPrefixes,
    defaultKeysPerSecond: target.defaultKeysPerSecond,
    maxKeysPerSecond: target.maxKeysPerSecond,
    allowUnthrottled: target.allowUnthrottled,
    maxKeysPerPurge: target.maxKeysPerPurge,
    cooldownSeconds: target.cooldownSeconds,
  };
}

/** A target without a connection of its own is on the platform's Redis. */
function readConnection(config: Config, target: Config, key: string) {
  if (!target.has('redis')) return readRedisOptions(config);
  try {
    return readRedisOptions(target, 'redis');
  } catch (error) {
    throw new Error(`${key}: ${(error as Error).message}`);
  }
}
