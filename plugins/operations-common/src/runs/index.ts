// Without zod: what the pages need at run time.
export * from './filter';
export * from './list';
export * from './bulk';
export * from './upcoming';
export * from './context';
