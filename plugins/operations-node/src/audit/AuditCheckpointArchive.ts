import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';

/**
 * A place outside of the portal's database that keeps signed checkpoints of the audit trail: an
 * object store with retention lock, a ticket, a mailbox. Who can rewrite the database cannot
 * rewrite it.
 * @public
 */
export interface AuditCheckpointArchive {
  /** Unique among archives. */
  readonly id: string;
  /**
   * Keeps one. Called once per checkpoint over all replicas; if it throws, the failure is logged
   * and the next checkpoint is written as usual.
   */
  write(checkpoint: AuditCheckpoint): Promise<void>;
  /** What was kept, for the portal's own verification; may leave out old ones. */
  read?(): Promise<AuditCheckpoint[]>;
}

/** Where modules add archives. @public */
export interface AuditCheckpointExtensionPoint {
  /** @throws Error if an archive of that id was added before */
  addArchive(archive: AuditCheckpointArchive): void;
}

/** @public */
export const auditCheckpointExtensionPoint =
  createExtensionPoint<AuditCheckpointExtensionPoint>({
    id: 'operations.audit-checkpoint',
  });
