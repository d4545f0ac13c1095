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
    const items = await source.attention();
    if (items.length === 0) return;
    const tenantScoped = new Set<string>();
    for await (const job of source.jobs()) {
      if (job.tenantScoped) tenantScoped.add(job.id);
    }
    for (const item of items) {
      if (isOfWholeJob(item, tenantScoped)) {
        yield failureDocument(item, mountPath);
      }
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
