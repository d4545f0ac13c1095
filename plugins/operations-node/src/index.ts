/**
 * Extension points and services for backend modules of the Operations plugin.
 *
 * @packageDocumentation
 */
export * from './jobs';
export * from './redis';
export * from './attention';
export * from './caches';
export * from './migrations';
export * from './audit';
export * from './access';
