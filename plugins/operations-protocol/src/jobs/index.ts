export * from './abilities';
export * from './registration';
export * from './declarations';
export * from './runs';
export * from './control';
export * from './signed';
export * from './waiting';
