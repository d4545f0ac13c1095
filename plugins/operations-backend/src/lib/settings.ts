/** What the configuration may hold: what is not understood must not be ignored. */
import type { Config } from '@backstage/config';
import { SERVER_NAMES } from '@craft-easy/backstage-plugin-operations-node/internal';
import {
  refuseUnknown,
  type NamesOf,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Config as Settings } from '../../config';

/** Ours, and what other packages of the family read and check. */
type Operations = NonNullable<Settings['operations']> & {
  redis?: unknown;
  checkin?: unknown;
  jobs?: { observedQueues?: unknown };
};

const KEYS = { id: true, privateKey: true, publicKey: true } as const;

const NAMES = {
  redis: true,
  mountPath: true,
  pages: {
    webhooks: true,
    'rate-limits': true,
    flags: true,
    maintenance: true,
    caches: true,
    migrations: true,
    approvals: true,
  },
  checkin: true,
  rateLimits: {
    maxDurationHours: true,
    maxFactor: true,
    allowUnlimited: true,
    minPrefixV4: true,
    minPrefixV6: true,
  },
  flags: {
    key: true,
    type: true,
    variants: true,
    defaultVariant: true,
    description: true,
    owner: true,
    tags: true,
    staleAfter: true,
  },
  maintenance: { maxDurationHours: true },
  jobs: {
    observedQueues: true,
    badges: { key: true },
    retention: {
      runDays: true,
      trendDays: true,
      jobs: { job: true, runDays: true },
    },
  },
  requests: { keys: KEYS, runsValidForDays: true },
  webhooks: {
    failuresPerHour: true,
    retention: { settledDays: true, openDays: true },
  },
  attention: {
    notify: true,
    jobs: {
      missedAfterMs: true,
      failureThreshold: true,
      cancelAckMs: true,
      maxQueueDepth: true,
      maxWaitMs: true,
    },
    rateLimits: { minRequests: true, refusedShare: true },
  },
  caches: {
    targets: {
      name: true,
      title: true,
      description: true,
      redis: SERVER_NAMES,
      allowedPrefixes: true,
      protectedPrefixes: { prefix: true, why: true },
      defaultKeysPerSecond: true,
      maxKeysPerSecond: true,
      allowUnthrottled: true,
      maxKeysPerPurge: true,
      cooldownSeconds: true,
      maxAddedLatencyMs: true,
      allowedEntityRefs: true,
    },
  },
  migrations: {
    backstage: true,
    environment: true,
    pendingTooLongMinutes: true,
    databases: {
      component: true,
      environment: true,
      client: true,
      connection: true,
      schema: true,
      tableName: true,
      directory: true,
    },
  },
  actions: { perMinute: true },
  approvals: {
    withinMinutes: true,
    byAgents: true,
    notify: true,
    actions: {
      action: true,
      when: true,
      description: true,
      withinMinutes: true,
    },
  },
  audit: {
    redact: true,
    redactText: true,
    checkpoints: {
      keys: KEYS,
      everyMinutes: true,
      everyRows: true,
      file: true,
    },
    retentionDays: true,
  },
} as const satisfies NamesOf<Operations>;

/** @throws Error with the path of the setting, and what is right */
export function refuseUnknownSettings(config: Config): void {
  refuseUnknown(config.getOptional('operations'), 'operations', NAMES);
}
