export * from './routes';
export * from './createRouter';
export * from './parse';
export * from './time';
