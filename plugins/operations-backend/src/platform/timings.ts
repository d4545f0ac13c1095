import { WORKER_TTL_MS } from '@craft-easy/backstage-plugin-operations-protocol';
import { LOST_AFTER_MS, type LostReason } from './lost/rules';
import {
  STREAM_CONSUMER_TIMINGS,
  type StreamConsumerTimings,
} from './streams/StreamConsumer';

/** How often things are done, and how long is waited for. Tests make them shorter. */
export interface PlatformTimings {
  /** between two looks at workers, at the stream, for lost runs */
  lookEveryMs: number;
  /** between two looks at the registry, where no message calls for one earlier */
  registryEveryMs: number;
  /** between two trimmings of streams */
  trimEveryMs: number;
  /** after this long without renewal another replica takes over */
  leaseMs: number;
  /** after an outage, workers have this long to report again before anything is called lost */
  settleMs: number;
  lostAfterMs: Record<LostReason, number>;
  runs: StreamConsumerTimings;
}

export const PLATFORM_TIMINGS: PlatformTimings = {
  lookEveryMs: 5_000,
  registryEveryMs: 3_000,
  trimEveryMs: 10_000,
  leaseMs: 15_000,
  settleMs: WORKER_TTL_MS + 10_000,
  lostAfterMs: LOST_AFTER_MS,
  runs: STREAM_CONSUMER_TIMINGS,
};
