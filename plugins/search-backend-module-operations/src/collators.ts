import { Readable } from 'node:stream';
import {
  flagReadPermission,
  jobReadPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { DocumentCollatorFactory } from '@backstage/plugin-search-common';
import {
  failureDocument,
  flagDocument,
  isOfWholeJob,
  jobDocument,
} from './documents';
import type { OperationsSource } from './source';

/** Collators by how often what they read changes. */
export function createCollators(
  source: Pick<OperationsSource, 'jobs' | 'flags' | 'attention'>,
  mountPath: string,
): Record<'declared' | 'failures', DocumentCollatorFactory[]> {
  async function* jobs() {
    for await (const job of source.jobs()) {
      yield jobDocument(job, mountPath);
    }
  }
  async function* flags() {
    for await (const flag of source.flags()) {
      yield flagDocument(flag, mountPath);
    }
  }
  async function* failures() {
    const ofTenants = new Set<string>();
    for await (const job of source.jobs()) {
      if (job.tenantScoped || job.tenantCount > 0) ofTenants.add(job.id);
    }
    for await (const item of source.attention()) {
      if (isOfWholeJob(item, ofTenants)) yield failureDocument(item, mountPath);
    }
  }
  return {
    declared: [
      {
        type: 'operations-job',
        visibilityPermission: jobReadPermission,
        getCollator: async () => Readable.from(jobs()),
      },
      {
        type: 'operations-flag',
        visibilityPermission: flagReadPermission,
        getCollator: async () => Readable.from(flags()),
      },
    ],
    failures: [
      {
        type: 'operations-failure',
        visibilityPermission: jobReadPermission,
        getCollator: async () => Readable.from(failures()),
      },
    ],
  };
}
