import type { JobDefinition } from '@craft-easy/operations-sdk/jobs';

export const jobs: JobDefinition[] = [];
