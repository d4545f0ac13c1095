/**
 * The language-neutral agreement between a platform and its Operations portal.
 *
 * @packageDocumentation
 */
export * from './keys';
export * from './common';
export * from './jobs';
