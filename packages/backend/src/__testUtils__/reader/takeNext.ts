import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  PrivateTestRedis,
  TakenRun,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';

export declare function connectTo(redis: PrivateTestRedis): unknown;

export declare function takeNext(
  job: JobRegistration,
): Promise<TakenRun | undefined>;
