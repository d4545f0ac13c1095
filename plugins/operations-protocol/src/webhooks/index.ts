export * from './identity';
export * from './attempt';
export * from './replay';
export * from './failure';
export * from './circuit';
