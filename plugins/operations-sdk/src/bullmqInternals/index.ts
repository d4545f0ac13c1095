/*
 * All that this package knows of BullMQ beyond its public interface. Checked against BullMQ 6.7.0:
 * `package.json` names that version exactly, and `bullmqInternals.test.ts` fails when another one
 * behaves differently. To upgrade: change the version there and here, and run that test.
 */
export { ScheduleSafeWorker } from './ScheduleSafeWorker';
export { SharedBackends } from './sharedWaiting/SharedBackends';
export { claimedSlot, schedulerJobId } from './schedulerJobId';
