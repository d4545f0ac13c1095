/**
 * For tests of the Operations backend and its modules: real Redis servers, and the suite that every
 * job engine has to pass.
 *
 * @packageDocumentation
 */
export {
  freePort,
  getTestRedis,
  startPrivateRedis,
  type PrivateTestRedis,
  type TestRedis,
} from './testRedis';
export { startTestCluster, type TestCluster } from './testCluster';
export { until, within, type Waiting } from './until';
export {
  aRegistration,
  describeJobEngine,
  type EngineHarness,
  type TakenRun,
} from './jobEngineConformance';
