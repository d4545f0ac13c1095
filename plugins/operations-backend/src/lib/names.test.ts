import {
  OperationsClient,
  pathOf,
} from '@craft-easy/backstage-plugin-operations-common';
import {
  goldenNames,
  randomNames,
} from '@craft-easy/backstage-plugin-operations-protocol/testUtils';
import express from 'express';
import type { AddressInfo } from 'node:net';

jest.setTimeout(120_000);

describe('names in addresses', () => {
  it('[protocol.1] of 10,000 jobs and tenants come back from the path and the query of a request as they were given', async () => {
    const app = express();
    app.get('/v1/jobs/:engine/:name/runs', (req, res) => {
      res.json({ params: req.params, query: req.query });
    });
    const server = app.listen(0);
    const { port } = server.address() as AddressInfo;
    const client = new OperationsClient({
      discoveryApi: { getBaseUrl: async () => `http://localhost:${port}` },
      fetchApi: { fetch },
    });
    const { jobs, tenants } = randomNames(10_000);
    const lost: string[] = [];
    for (let i = 0; i < jobs.length; i += 50) {
      await Promise.all(
        jobs.slice(i, i + 50).map(async (name, n) => {
          const tenant = tenants[i + n];
          const answer: unknown = await client.call(
            'GET /jobs/:engine/:name/runs',
            { params: { engine: 'bullmq', name }, query: { tenant: [tenant] } },
          );
          const expected = {
            params: { engine: 'bullmq', name },
            query: { tenant },
          };
          if (JSON.stringify(answer) !== JSON.stringify(expected)) {
            lost.push(`${name} ${tenant}`);
          }
        }),
      );
    }
    server.close();
    expect(lost).toEqual([]);
  });

  it('[protocol.1] of jobs are in the links to their pages, each read back by a browser as it was', () => {
    for (const { engine, job, path } of goldenNames().jobPath) {
      expect(pathOf({ kind: 'job', engine, name: job })).toBe(path);
    }
    const lost = randomNames(10_000).jobs.filter(name => {
      const path = pathOf({ kind: 'job', engine: 'bullmq', name });
      const { pathname } = new URL(path, 'http://portal');
      const parts = pathname.split('/').map(decodeURIComponent);
      return parts.join(' ') !== ` jobs bullmq ${name}`;
    });
    expect(lost).toEqual([]);
  });
});
