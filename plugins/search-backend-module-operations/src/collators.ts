import { Readable } from 'node:stream';
import {
  flagReadPermission,
  jobReadPermission,
  type AttentionItem,
} from '@craft-easy/backstage-plugin-operations-common';
import type { DocumentCollatorFactory } from '@backstage/plugin-search-common';
import {
  failureDocument,
  flagDocument,
  isOfWholeJob,
  isWholeJob,
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
    const items: AttentionItem[] = [];
    for await (const item of source.attention()) items.push(item);
    // The jobs are read last: one that has got its first tenant since the items were read is
    // one of tenants now, and none of its items goes through. No job loses its tenants again.
    const wholeJobs = new Set<string>();
    for await (const job of source.jobs()) {
      if (isWholeJob(job)) wholeJobs.add(job.id);
    }
    for (const item of items) {
      if (isOfWholeJob(item, wholeJobs)) yield failureDocument(item, mountPath);
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
