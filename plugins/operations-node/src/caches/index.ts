export * from './CacheTarget';
