/**
 * Redis servers for tests: real ones, private to the test that starts them.
 *
 * @packageDocumentation
 */
export * from './testRedis';
