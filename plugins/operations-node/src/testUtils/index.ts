/**
 * For tests of the Operations backend and its modules: real Redis servers, and the suite that every
 * job engine has to pass.
 *
 * @packageDocumentation
 */
export * from './testRedis';
export * from './jobEngineConformance';
