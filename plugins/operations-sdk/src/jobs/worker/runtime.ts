import type { ProtocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import type { RedisClient } from '../redis/script';
import type { Cancellations } from '../run/Cancellations';
import type { RunReporter } from '../run/reporter';
import type { RunExecution } from '../run/RunExecution';
import type { WorkerLogger } from './logger';

/** What all jobs of one worker process share. */
export interface WorkerRuntime {
  /** The worker's id, as runs and its record carry it. */
  id: string;
  client: RedisClient;
  keys: ProtocolKeys;
  queuePrefix: string;
  reporter: RunReporter;
  cancellations: Cancellations;
  /** Runs being executed by this process, by id. */
  running: Map<string, RunExecution>;
  /** The platform's tenants, as of now. */
  tenants: () => Promise<string[]>;
  /** Whether a tenant's runs have to wait; absent: none do. */
  isTenantHeld?: (tenant: string) => boolean;
  /** Takes secrets out of logs and errors. */
  redact: (text: string) => string;
  logger: WorkerLogger;
}
