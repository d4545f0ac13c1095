/*
 * The one clock: Redis' time, as this process knows it. In: answers of TIME. Out: now, and by how
 * much the machine's own clock is wrong.
 */
export { RedisClock } from './RedisClock';
