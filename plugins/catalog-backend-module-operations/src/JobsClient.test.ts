import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockServices } from '@backstage/backend-test-utils';
import { JobsClient } from './JobsClient';

describe('the client of the Operations backend', () => {
  let answer: (
    url: URL,
    req: IncomingMessage,
  ) => [status: number, body: object];
  const server = createServer((req, res) => {
    const [status, body] = answer(new URL(req.url!, 'http://host'), req);
    res.writeHead(status, { 'content-type': 'application/json' });
    res.end(JSON.stringify(body));
  });
  let client: JobsClient;

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const base = `http://127.0.0.1:${port}/api/operations`;
    client = new JobsClient({
      auth: mockServices.auth({ pluginId: 'catalog' }),
      discovery: mockServices.discovery.mock({ getBaseUrl: async () => base }),
    });
  });
  afterAll(() => server.close());

  it('reads every page, as a service', async () => {
    const tokens = new Set<string | undefined>();
    answer = (url, req) => {
      tokens.add(req.headers.authorization);
      expect(url.pathname).toBe('/api/operations/v1/catalog-jobs');
      return url.searchParams.get('after') === 'bullmq/b'
        ? [200, { items: [{ id: 'bullmq/c', version: '3' }] }]
        : [
            200,
            {
              items: ['a', 'b'].map(n => ({ id: `bullmq/${n}`, version: '1' })),
              nextAfter: 'bullmq/b',
            },
          ];
    };
    expect([...(await client.versions())]).toEqual([
      ['bullmq/a', '1'],
      ['bullmq/b', '1'],
      ['bullmq/c', '3'],
    ]);
    expect([...tokens][0]).toMatch(/^Bearer .+/);
  });

  it('gives no half of a list for the whole', async () => {
    answer = url =>
      url.searchParams.has('after')
        ? [503, { error: { name: 'ServiceUnavailableError', message: 'x' } }]
        : [200, { items: [{ id: 'bullmq/a', version: '1' }], nextAfter: 'a' }];
    await expect(client.versions()).rejects.toThrow('503');
  });

  it('asks for details a hundred at a time', async () => {
    const sizes: number[] = [];
    answer = url => {
      const ids = url.searchParams.getAll('id');
      sizes.push(ids.length);
      return [
        200,
        {
          items: ids.map(id => ({
            ...{ id, version: '1', engine: 'bullmq', name: id, queue: id },
            ...{ description: '', tags: [], links: [] },
            ...{ declared: true, registered: true },
          })),
        },
      ];
    };
    const ids = Array.from({ length: 150 }, (_, i) => `bullmq/job-${i}`);
    const jobs = await client.details(ids);
    expect(jobs.map(j => j.id)).toEqual(ids);
    expect(sizes).toEqual([100, 50]);
  });
});
