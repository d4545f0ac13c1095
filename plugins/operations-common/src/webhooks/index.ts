// Without zod: what the pages need at run time.
export * from './states';
export * from './failures';
export * from './actions';
export * from './intake';
