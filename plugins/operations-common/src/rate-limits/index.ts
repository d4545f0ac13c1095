export * from './address';
export * from './override';
export * from './client';
