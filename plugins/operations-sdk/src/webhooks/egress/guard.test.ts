import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { LookupFunction, Socket } from 'node:net';
import { fetch as undiciFetch } from 'undici';
import { deliver } from '../deliver';
import {
  FORBIDDEN_NAMES,
  FORBIDDEN_URLS,
  PUBLIC_ADDRESSES,
} from '../__testUtils__/forbiddenVectors';
import { startReceiver } from '../__testUtils__/receiver';
import { parseRange, whyForbidden } from './address';
import { createGuardedAgent, EgressOptions } from './guard';

/** Every address to which any socket of this process tries to connect. */
function watchSockets() {
  const addresses: string[] = [];
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.on('connectionAttempt', (ip: string) => addresses.push(ip));
    socket.on('connect', () => addresses.push(String(socket.remoteAddress)));
  };
  subscribe('net.client.socket', onSocket);
  return {
    addresses,
    stop: () => unsubscribe('net.client.socket', onSocket),
  };
}

/**
 * A resolver that answers from a table; a list of answers is given one after the other, the last
 * for ever.
 */
function resolver(table: Record<string, string[][]>): LookupFunction {
  const asked = new Map<string, number>();
  return (hostname, _options, callback) => {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    const answers = table[name];
    if (!answers) {
      callback(
        Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' }),
        '',
        0,
      );
      return;
    }
    const turn = asked.get(name) ?? 0;
    asked.set(name, turn + 1);
    const addresses = answers[Math.min(turn, answers.length - 1)].map(
      address => ({ address, family: address.includes(':') ? 6 : 4 }),
    );
    callback(null, addresses as unknown as string, 0);
  };
}

const names = Object.fromEntries(
  Object.entries(FORBIDDEN_NAMES).map(([name, addresses]) => [
    name,
    [addresses],
  ]),
);
const clean = () => ({ text: (t: string) => t, isSecretName: () => false });
const outgoing = (url: string) => ({
  url,
  secrets: [`whsec_${Buffer.alloc(24, 1).toString('base64')}`],
  webhookId: 'msg_1',
  body: '{}',
  contentType: 'application/json',
});

describe('egress guard', () => {
  it('[webhooks.6] has a corpus of at least 100 vectors', () => {
    expect(new Set(FORBIDDEN_URLS.map(v => v.url)).size).toBeGreaterThanOrEqual(
      100,
    );
  });

  it('[webhooks.6] opens no socket for any vector of the corpus, through the dispatcher and through fetch on the same agent', async () => {
    const egress: EgressOptions = {
      allowHttp: true,
      lookup: resolver({ ...names, localhost: [['127.0.0.1', '::1']] }),
    };
    const agent = createGuardedAgent(egress);
    const sockets = watchSockets();
    const through: string[] = [];
    for (const { url } of FORBIDDEN_URLS) {
      const { attempt } = await deliver(outgoing(url), {
        agent,
        egress,
        timeoutMs: 2_000,
        clean,
      });
      if (attempt.error?.class !== 'forbidden-address' || attempt.sent) {
        through.push(`${url}: ${JSON.stringify(attempt)}`);
      }
      const parsed = URL.canParse(url) ? new URL(url) : undefined;
      if (parsed?.protocol.startsWith('http') && !parsed.username) {
        const signal = AbortSignal.timeout(2_000);
        const error = await undiciFetch(url, {
          dispatcher: agent,
          signal,
        }).then(
          response => `answered ${response.status}`,
          (e: Error) => (e.cause as Error)?.name ?? e.name,
        );
        if (error !== 'ForbiddenAddressError') through.push(`${url}: ${error}`);
      }
      // one is enough to fail; a hundred would be tried until the test's time is up
      if (through.length > 0) break;
    }
    sockets.stop();
    await agent.close();
    expect(through).toEqual([]);
    expect(sockets.addresses).toEqual([]);
  });

  it('[webhooks.6] follows no redirect, and a client that does follows none to a forbidden address', async () => {
    const inner = await startReceiver('127.0.0.2');
    const outer = await startReceiver('127.0.0.1');
    const targets = [
      inner.url,
      'http://169.254.169.254/latest/meta-data/',
      'http://[::ffff:127.0.0.2]/',
      'http://2130706434/',
      'http://loopback.example/',
    ];
    const egress: EgressOptions = {
      allowHttp: true,
      allow: ['127.0.0.1/32'],
      lookup: resolver({ 'loopback.example': [['127.0.0.2']] }),
    };
    const agent = createGuardedAgent(egress);
    const sockets = watchSockets();
    for (const status of [301, 302, 303, 307, 308]) {
      for (const location of targets) {
        outer.answer = (_request, response) =>
          response.writeHead(status, { location }).end();
        const { attempt } = await deliver(outgoing(outer.url), {
          agent,
          egress,
          timeoutMs: 2_000,
          clean,
        });
        expect(attempt).toMatchObject({ status, error: { class: 'redirect' } });
        await expect(
          undiciFetch(outer.url, { dispatcher: agent }),
        ).rejects.toMatchObject({ cause: { name: 'ForbiddenAddressError' } });
      }
    }
    sockets.stop();
    await agent.close();
    await Promise.all([inner.close(), outer.close()]);
    expect(new Set(sockets.addresses)).toEqual(new Set(['127.0.0.1']));
    expect(inner.requests).toEqual([]);
  });

  it('[webhooks.6] checks a name anew at each connection, so that rebinding gains nothing', async () => {
    const outer = await startReceiver('127.0.0.1');
    const { port } = new URL(outer.url);
    const inner = await startReceiver('127.0.0.2', Number(port));
    const egress: EgressOptions = {
      allowHttp: true,
      allow: ['127.0.0.1/32'],
      lookup: resolver({
        'rebinding.example': [['127.0.0.1'], ['127.0.0.2']],
      }),
    };
    const sockets = watchSockets();
    const results = [];
    for (let i = 0; i < 2; i++) {
      const agent = createGuardedAgent(egress);
      results.push(
        await deliver(outgoing(`http://rebinding.example:${port}/`), {
          agent,
          egress,
          timeoutMs: 2_000,
          clean,
        }),
      );
      await agent.close();
    }
    sockets.stop();
    await Promise.all([inner.close(), outer.close()]);
    expect(results[0].attempt).toMatchObject({ status: 204, sent: true });
    expect(results[1].attempt).toMatchObject({
      sent: false,
      error: { class: 'forbidden-address' },
    });
    expect(inner.requests).toEqual([]);
    expect(new Set(sockets.addresses)).toEqual(new Set(['127.0.0.1']));
  });

  it('refuses plain http unless it is allowed', async () => {
    const agent = createGuardedAgent();
    const { attempt } = await deliver(outgoing('http://93.184.216.34/'), {
      agent,
      egress: {},
      timeoutMs: 1_000,
      clean,
    });
    expect(attempt).toMatchObject({
      sent: false,
      error: { class: 'forbidden-address' },
    });
    await agent.close();
  });

  it.each(PUBLIC_ADDRESSES)('finds nothing against %s', address => {
    expect(whyForbidden(address)).toBeUndefined();
  });

  it('lets through what is allowed by name of its range, and nothing beside it', () => {
    const allow = [parseRange('127.0.0.1/32')];
    expect(whyForbidden('127.0.0.1', allow)).toBeUndefined();
    expect(whyForbidden('::ffff:127.0.0.1', allow)).toBeUndefined();
    expect(whyForbidden('127.0.0.2', allow)).toMatch('loopback');
  });
});
