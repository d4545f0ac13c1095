/**
 * What only the packages of this family need of this one. It may change in any version.
 *
 * @internal
 * @packageDocumentation
 */
export * from './keys';
export * from './clusterTags';
export * from './names';
export * from './tenant';
export * from './common';
export * from './hashSlot';
export * from './jobs';
export * from './controls';
export * from './rate-limits';
export * from './flags';
export * from './maintenance';
export * from './webhooks';
export * from './migrations/report';
export * from './redact';
export { compilePatterns } from './patterns/compile';
export { schemaPatternProblem } from './patterns/schema';
export * from './meant';
export * from './withTimeout';
