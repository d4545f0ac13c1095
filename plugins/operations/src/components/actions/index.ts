export * from './ActionButton';
export * from './ActionDialog';
export * from './ActionSwitch';
export * from './Explanation';
