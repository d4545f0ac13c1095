import type { JobEngine } from '@craft-easy/backstage-plugin-operations-node';

export declare const abilities: JobEngine['abilities'];

export declare function createSqsEngine(options: {
  redis: unknown;
}): JobEngine & { close(): Promise<void> };
