// Without zod: what the pages need at run time.
export * from './limits';
export * from './glob';
export * from './safety';
export * from './schemas';
