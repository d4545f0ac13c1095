export * from './TestPlatform';
export * from './handlers';
export * from './definitions';
