/** A dispatcher in a process of its own, that a test may kill. */
import { createWebhookDispatcher } from '@craft-easy/operations-sdk/webhooks';

export const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

async function main() {
  const { url, namespace, queuePrefix, receiver } = JSON.parse(
    String(process.env.DISPATCHER),
  );
  const dispatcher = createWebhookDispatcher({
    connection: url,
    namespace,
    queuePrefix,
    endpoint: tenant => ({ url: `${receiver}/${tenant}`, secrets: [SECRET] }),
    egress: { allowHttp: true, allow: ['127.0.0.1/32'] },
    retry: { attempts: 2, spanMs: 1_000 },
    timeoutMs: 30_000,
    endpointConcurrency: 20,
    recoverAfterMs: 6_000,
    onError: () => {},
  });
  await dispatcher.start();
  process.send?.('ready');
}

if (process.env.DISPATCHER) {
  main().catch(error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
