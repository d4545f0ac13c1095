export * from './flag';
export * from './client';
