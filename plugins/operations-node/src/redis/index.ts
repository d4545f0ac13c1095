export * from './settings';
export * from './connection';
export * from './availability';
export * from './service';
