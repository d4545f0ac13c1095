import type { ProtocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import type { RedisClock } from '../clock';
import type { RequestVerifier } from '../requests/RequestVerifier';
import type { Cancellable, Cancellations } from './run/Cancellations';
import type { Outcome } from './run/outcome';
import type { RunReporter } from './run/RunReporter';
import type { Claims } from './schedule/Claims';
import type { WorkerLogger } from './worker/logger';

/** A run that this process is executing. */
export interface ExecutingRun extends Cancellable {
  /** Calls the handler, once; every call resolves with the same outcome. */
  execute(): Promise<Outcome>;
  /** The process is about to end. */
  shutDown(): void;
}

/** What all jobs of one worker process share. */
export interface WorkerRuntime {
  /** The worker's id, as its record and its runs carry it. */
  id: string;
  client: RedisClient;
  keys: ProtocolKeys;
  /** BullMQ's key prefix of a queue. */
  queuePrefixOf: (queue: string) => string;
  /** Redis' time: beats, claims, slots and records go by it. */
  clock: RedisClock;
  /** Tells what the portal asked for from what is only said. */
  verifier: RequestVerifier;
  claims: Claims;
  reporter: RunReporter;
  cancellations: Cancellations;
  /** Runs that this process is executing, by id. */
  running: Map<string, ExecutingRun>;
  /** The platform's tenants, as of now. */
  tenants: () => Promise<string[]>;
  /** Whether a tenant's runs have to wait; absent: none do. */
  isTenantHeld?: (tenant: string) => boolean;
  /** Takes secrets out of logs and errors. */
  redact: (text: string) => string;
  logger: WorkerLogger;
}
