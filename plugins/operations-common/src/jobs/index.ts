export * from './status';
export * from './job';
export * from './run';
export * from './actions';
