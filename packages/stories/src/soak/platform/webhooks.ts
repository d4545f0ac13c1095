/** What those who send webhooks and those who deliver them have in common. */
import type { WebhookDispatcherOptions } from '@craft-easy/operations-sdk/webhooks';
import { connection, logger, requestKeys } from './environment';

const SECRET = `whsec_${Buffer.alloc(24, 'soak').toString('base64')}`;

export function dispatcherOptions(): WebhookDispatcherOptions {
  return {
    connection: connection(),
    requestKeys: requestKeys(),
    endpoint: (tenant, endpoint) => ({
      url: `${process.env.SOAK_RECEIVER}/${tenant}/${endpoint}`,
      secrets: [SECRET],
    }),
    egress: { allowHttp: true, allow: ['127.0.0.1/32'] },
    timeoutMs: 3_000,
    // short enough to end within the time that a fault is given
    retry: { attempts: 3, spanMs: 3_000 },
    circuit: { failures: 5, cooldownMs: 1_000, maxCooldownMs: 3_000 },
    recoverAfterMs: 6_000,
    onError: error => logger.error(error.message),
  };
}
