// What pages need at run time lives in files without zod, so that a bundler can leave the schemas
// out of the browser.
export * from './headers';
export * from './limits';
export * from './reason';
export * from './paging';
export * from './tenant';
export * from './fields';
export * from './bulk';
export * from './visibleText';
export * from './roundedNumbers';
