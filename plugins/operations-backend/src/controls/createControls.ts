import type { LoggerService } from '@backstage/backend-plugin-api';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import type { BackendEvents } from '../lib/BackendEvents';
import type { Capability } from '../lib/capability';
import { createFlags, type Flags } from '../flags/createFlags';
import {
  createMaintenance,
  type Maintenance,
} from '../maintenance/createMaintenance';
import {
  createRateLimits,
  type RateLimits,
} from '../rate-limits/createRateLimits';
import { ControlPublisher } from './ControlPublisher';

/** Rate limits, flags and maintenance, over one publisher. */
export interface Controls
  extends Required<Pick<Capability, 'routes' | 'attention' | 'pagesInUse'>>,
    Pick<Flags, 'ofrep'>,
    Pick<Maintenance, 'publicRouter' | 'holdingWindows'>,
    Pick<RateLimits, 'requestingTenants'> {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createControls(
  options: Omit<
    Parameters<typeof createRateLimits>[0] &
      Parameters<typeof createFlags>[0] &
      Parameters<typeof createMaintenance>[0],
    'publisher'
  > & {
    redis: OperationsRedis;
    logger: LoggerService;
    changes: Pick<BackendEvents, 'changed'>;
  },
): Controls {
  const publisher = new ControlPublisher(options);
  const published = { ...options, publisher };
  const flags = createFlags(published);
  const maintenance = createMaintenance(published);
  const rateLimits = createRateLimits(published);
  const controls = [rateLimits, flags, maintenance];
  const stopping = new AbortController();
  let publishing: Promise<void> = Promise.resolve();

  return {
    routes: controls.flatMap(c => c.routes),
    attention: controls.flatMap(c => c.attention ?? []),
    pagesInUse: Object.assign({}, ...controls.map(c => c.pagesInUse)),
    publicRouter: maintenance.publicRouter,
    holdingWindows: maintenance.holdingWindows,
    ofrep: flags.ofrep,
    requestingTenants: rateLimits.requestingTenants,
    async start() {
      await flags.start();
      const sources = controls.map(c => c.source);
      publishing = publisher.start(sources, stopping.signal);
    },
    async stop() {
      stopping.abort();
      flags.stop();
      await publishing;
    },
  };
}
