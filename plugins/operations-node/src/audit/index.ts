export * from './AuditCheckpointArchive';
