/**
 * What only the packages of this family need of this one. It may change in any version.
 *
 * @internal
 * @packageDocumentation
 */
export { faultOfEngine } from './jobs/faultOfEngine';
export { whileAvailable, whyAway } from './redis/availability';
export { createRedisConnection } from './redis/connection';
export { createOperationsRedis } from './redis/service';
export { REDIS_NAMES, SERVER_NAMES } from './redis/names';
export { readRedisOptions, type RedisSettings } from './redis/settings';
