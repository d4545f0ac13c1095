import { CANCEL_TTL_MS } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  CancelRequest,
  ControlMessage,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import type { CancelSignal } from '../jobs/ports';

/**
 * Carries cancellations: the flag first, so that a worker that misses the message still finds it.
 */
export function createCancelSignal(redis: OperationsRedis): CancelSignal {
  return {
    async request({ runId, requestedBy, reason }) {
      const flag: CancelRequest = {
        v: 1,
        runId,
        requestedBy,
        reason,
        requestedAt: new Date().toISOString(),
      };
      const message: ControlMessage = { type: 'cancel', runId };
      await redis.execute(async client => {
        await client.set(
          redis.keys.cancel(runId),
          JSON.stringify(flag),
          'PX',
          CANCEL_TTL_MS,
        );
        await client.publish(
          redis.keys.controlChannel,
          JSON.stringify(message),
        );
      });
    },
  };
}
