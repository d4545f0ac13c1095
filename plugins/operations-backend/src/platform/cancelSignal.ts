import { CANCEL_TTL_MS } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { ControlMessage } from '@craft-easy/backstage-plugin-operations-protocol';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import type { CancelSignal } from '../jobs/ports';
import type { RequestSigner } from './requests/RequestSigner';

/**
 * Carries cancellations: the flag first, so that a worker that misses the message still finds it.
 * The message is a hint to read the flag, which is what counts.
 */
export function createCancelSignal(
  redis: OperationsRedis,
  signer: Pick<RequestSigner, 'cancel'>,
): CancelSignal {
  return {
    async request({ runId, job, reason }, by) {
      const requestedBy = by.actor;
      const flag = signer.cancel({ runId, job, requestedBy, reason }, by);
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
