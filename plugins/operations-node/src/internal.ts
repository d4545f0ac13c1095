/**
 * What only the packages of this family need of this one. It may change in any version.
 *
 * @internal
 * @packageDocumentation
 */
export * from './jobs';
export * from './redis';
export * from './attention';
export * from './caches';
export * from './migrations';
export * from './audit';
export * from './access';
