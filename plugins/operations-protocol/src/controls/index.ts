export * from './inForce';
export * from './published';
