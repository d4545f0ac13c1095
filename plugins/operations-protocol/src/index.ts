/**
 * The language-neutral agreement between a platform and its Operations portal.
 *
 * @packageDocumentation
 */
export * from './keys';
export * from './common';
export * from './jobs';
export * from './controls';
export * from './rate-limits';
export * from './flags';
export * from './maintenance';
export * from './webhooks';
export * from './migrations';
export * from './redact';
