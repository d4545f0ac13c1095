export * from './status';
export * from './entity';
export * from './catalog';
export * from './job';
export * from './levels';
export * from './run';
export * from './actions';
export * from './parameters';
