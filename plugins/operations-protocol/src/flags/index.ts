export * from './flag';
export * from './evaluate';
