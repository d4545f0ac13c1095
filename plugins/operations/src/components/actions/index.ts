export * from './ActionButton';
export * from './ActionDialog';
export * from './ActionSwitch';
export * from './AwaitedDialog';
export * from './Explanation';
export * from './lazyDialog';
