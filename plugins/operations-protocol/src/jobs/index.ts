export * from './registration';
export * from './runs';
export * from './control';
export * from './signed';
