export * from './inForce';
export * from './published';
export * from './publication';
