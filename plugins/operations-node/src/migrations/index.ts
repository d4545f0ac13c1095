export * from './MigrationStatusSource';
