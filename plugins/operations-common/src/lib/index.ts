export * from './reason';
export * from './paging';
