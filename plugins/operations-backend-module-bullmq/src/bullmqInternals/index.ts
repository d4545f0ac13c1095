/*
 * All that this package knows of BullMQ beyond its public interface: names and contents of the keys
 * of a queue. Checked against BullMQ 6.7.0: `package.json` names that version exactly, and
 * `bullmqInternals.test.ts` fails when another one behaves differently. To upgrade: change the
 * version there and here, and run that test.
 */
export { discoverQueues } from './discoverQueues';
export { delayOf, slotOf } from './jobHash';
export { queueKeys, type QueuedJobRef, type QueueKeys } from './keys';
export { locate } from './locate';
export { measureQueues, type QueueDepth } from './measureQueues';
export { QueueReader, type JobFields, type QueueEvent } from './QueueReader';
export { removeWaiting } from './removeWaiting';
