export * from './window';
export * from './state';
export * from './banner';
