export * from './window';
export * from './state';
