export * from './published';
export * from './publication';
