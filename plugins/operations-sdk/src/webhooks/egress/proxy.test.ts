import { once } from 'node:events';
import { createServer } from 'node:http';
import { AddressInfo, connect, Socket } from 'node:net';
import { fetch as undiciFetch } from 'undici';
import { Receiver, startReceiver } from '../__testUtils__/receiver';
import { deliver } from '../deliver';
import { createGuardedAgent, EgressOptions } from './guard';

/** An egress proxy that tunnels every name to one receiver, or refuses as smokescreen does. */
async function startProxy(receiver: Receiver) {
  const asked: string[] = [];
  const refused = new Set<string>();
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) =>
    response.writeHead(405).end(),
  );
  server.on('connection', socket => sockets.add(socket));
  server.on('connect', (request, client: Socket) => {
    asked.push(request.url!);
    if (refused.has(request.url!)) {
      client.end('HTTP/1.1 407 Request rejected by proxy\r\n\r\n');
      return;
    }
    const { port } = new URL(receiver.url);
    const upstream = connect(Number(port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refused,
    close: async () => {
      sockets.forEach(socket => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

describe('egress through a proxy', () => {
  let receiver: Receiver;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let egress: EgressOptions;
  beforeEach(async () => {
    receiver = await startReceiver();
    proxy = await startProxy(receiver);
    egress = { allowHttp: true, proxy: proxy.url };
  });
  afterEach(async () => {
    await proxy.close();
    await receiver.close();
  });

  const deliverTo = async (url: string) => {
    const agent = createGuardedAgent(egress);
    const result = await deliver(
      {
        url,
        secrets: [`whsec_${Buffer.alloc(24, 1).toString('base64')}`],
        webhookId: 'msg_1',
        body: '{}',
        contentType: 'application/json',
      },
      {
        agent,
        egress,
        timeoutMs: 5_000,
        clean: () => ({ text: t => t, isSecretName: () => false }),
      },
    );
    await agent.close();
    return result.attempt;
  };

  it('gives the proxy the name to resolve, and looks up nothing itself', async () => {
    const attempt = await deliverTo('http://hooks.customer.invalid/in');
    expect(attempt).toMatchObject({ status: 204, sent: true });
    expect(proxy.asked).toEqual(['hooks.customer.invalid:80']);
    expect(receiver.requests[0]).toMatchObject({
      path: '/in',
      headers: { host: 'hooks.customer.invalid', 'webhook-id': 'msg_1' },
    });
  });

  it('counts what the proxy refuses as not delivered', async () => {
    proxy.refused.add('inside.customer.invalid:80');
    const attempt = await deliverTo('http://inside.customer.invalid/');
    expect(attempt.error).toBeDefined();
    expect(attempt.status).toBeUndefined();
    expect(receiver.requests).toEqual([]);
  });

  it('[webhooks.6] refuses forbidden addresses written as such before the proxy hears of them, and so do other clients of the agent', async () => {
    for (const host of [
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '169.254.169.254',
      '[::ffff:10.0.0.1]',
      '[::127.0.0.1]',
      '[64:ff9b::a9fe:a9fe]',
    ]) {
      const attempt = await deliverTo(`http://${host}/`);
      expect([host, attempt.error?.class, attempt.sent]).toEqual([
        host,
        'forbidden-address',
        false,
      ]);
      const agent = createGuardedAgent(egress);
      await expect(
        undiciFetch(`http://${host}/`, { dispatcher: agent }),
      ).rejects.toMatchObject({ cause: { name: 'ForbiddenAddressError' } });
      await agent.close();
    }
    expect(proxy.asked).toEqual([]);
  });
});
