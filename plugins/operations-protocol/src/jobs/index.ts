export * from './abilities';
export * from './registration';
export * from './runs';
export * from './control';
