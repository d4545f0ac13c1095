import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { mockServices } from '@backstage/backend-test-utils';
import { reportMissingPlugins } from './missingPlugins';

/** What stands at the address of a plugin that is not installed. */
const ABSENT: Record<string, [status: number, type: string | undefined]> = {
  'the backend alone': [404, undefined],
  'the portal’s page': [200, 'text/html; charset=UTF-8'],
};
const INSTALLED = [200, 'application/json; charset=utf-8'] as const;

describe('plugins of Backstage that a portal does without', () => {
  let answers: Record<string, readonly [number, string | undefined]>;
  const server = createServer((req, res) => {
    const [, , id] = req.url!.split('/');
    const [status, type] = answers[id];
    res.writeHead(status, type ? { 'content-type': type } : undefined);
    res.end(type && '{}');
  });
  let port: number;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => server.close());

  async function said(config: object = {}) {
    const lines: string[] = [];
    await reportMissingPlugins({
      config: mockServices.rootConfig({ data: config as never }),
      discovery: mockServices.discovery.mock({
        getBaseUrl: async id => `http://127.0.0.1:${port}/api/${id}`,
      }),
      logger: mockServices.logger.mock({ info: line => lines.push(line) }),
    });
    return lines.sort();
  }

  it.each(Object.keys(ABSENT))(
    'are named with what is lacking, where %s answers in their place',
    async place => {
      const absent = ABSENT[place];
      answers = { events: absent, signals: absent, notifications: absent };
      expect(await said()).toEqual([
        expect.stringMatching(
          /^@backstage\/plugin-events-backend is not installed: with several replicas, .* Everything else works$/,
        ),
        '@backstage/plugin-notifications-backend is not installed: nobody is notified of what needs attention. Everything else works',
        '@backstage/plugin-signals-backend is not installed: open pages learn of changes only when they ask, every 15 seconds. Everything else works',
      ]);
    },
  );

  it('are not named where they are there, cannot be asked, or are not wanted', async () => {
    answers = {
      events: [404, undefined],
      signals: INSTALLED,
      // it is there and has not started
      notifications: [503, 'application/json; charset=utf-8'],
    };
    expect(await said({ events: { useEventBus: 'never' } })).toEqual([]);
    expect(await said()).toHaveLength(1);
    server.close();
    server.closeAllConnections();
    expect(await said()).toEqual([]);
  });
});
