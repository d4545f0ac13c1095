export * from './address';
export * from './override';
