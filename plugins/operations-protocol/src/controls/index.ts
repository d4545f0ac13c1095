export * from './published';
export * from './publication';
export * from './reserved';
