export * from './AttentionSource';
