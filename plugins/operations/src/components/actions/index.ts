export * from './ActionButton';
export * from './ActionDialog';
export * from './Explanation';
