/**
 * What only the packages of this family need of this one. It may change in any version.
 *
 * @internal
 * @packageDocumentation
 */
export * from './permissions';
export * from './lib';
export * from './lib/sentences';
export * from './lib/sentenceSchema';
export * from './lib/reasons';
export * from './jobs';
export * from './access';
export * from './approvals';
export * from './approvals/ApprovalRequested';
export * from './audit';
export * from './client';
export * from './backendClient';
export * from './attention';
export * from './caches';
export * from './checkin/schemas';
export * from './known';
export * from './rate-limits';
export * from './runs';
export * from './flags/flag';
export * from './maintenance';
export * from './webhooks';
export * from './migrations/schemas';
export * from './pages';
export {
  refuseUnknown,
  type NamesOf,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
