/** The Redis of the SDK's tests, which the SDK does not publish. */
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
export * from '../../../../plugins/operations-sdk/src/testing/redis';
