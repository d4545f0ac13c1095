/** What the processes of the soak agree on. */
export const JOBS = {
  /** by its schedule only, once a slot: a witness sees to it */
  guarded: 'soak-guarded',
  /** the same, a run for each tenant */
  fanOut: 'soak-fan-out',
  /** whoever asks for it through the API */
  ordinary: 'soak-ordinary',
  /** what platform code queues by itself */
  queued: 'soak-queued',
};
export const TENANTS = ['ahlgrens', 'bilar', 'cloetta', 'daim'];

/** Tenants that get maintenance windows and overridden limits, one at a time each. */
export const HELD_TENANTS = Array.from({ length: 6 }, (_, i) => `held-${i}`);
export const RAISED_TENANTS = Array.from(
  { length: 6 },
  (_, i) => `raised-${i}`,
);
export const FLAGS = Array.from({ length: 4 }, (_, i) => `soak-flag-${i}`);

/** A tenant's endpoints: one that is up, one that is down until a moment that a message names. */
export const ENDPOINTS = ['good', 'flaky'];
/** Tenants whose failed webhooks are suppressed for a while. */
export const MUTED_TENANTS = Array.from({ length: 3 }, (_, i) => `muted-${i}`);

export const CACHE = {
  target: 'soak',
  prefix: 'cache:soak:',
  sessions: 'cache:session:',
};

/** Where Redis is, as JSON in the environment. */
export const REDIS_AT = 'SOAK_REDIS';
export type RedisAt =
  | { sentinels: Array<{ host: string; port: number }>; name: string }
  | { nodes: Array<{ host: string; port: number }> };
