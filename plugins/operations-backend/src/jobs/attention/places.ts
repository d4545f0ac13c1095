import type { AttentionPlace } from '@craft-easy/backstage-plugin-operations-common';
import { jobKeyOf } from '@craft-easy/backstage-plugin-operations-common/internal';

/** @param jobId - `<engine>/<name>` */
export function jobPlace(jobId: string): AttentionPlace {
  return { kind: 'job', ...jobKeyOf(jobId) };
}

/** @param jobId - `<engine>/<name>` of its job */
export function runPlace(jobId: string, runId: string): AttentionPlace {
  return { kind: 'run', id: runId, job: jobKeyOf(jobId) };
}
