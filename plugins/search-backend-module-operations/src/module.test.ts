import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { searchIndexRegistryExtensionPoint } from '@backstage/plugin-search-backend-node/alpha';
import type {
  DocumentCollatorFactory,
  IndexableDocument,
} from '@backstage/plugin-search-common';
import module from './index';

jest.setTimeout(60_000);

const aJob = (name: string, given: object = {}) => ({
  ...{
    id: `bullmq/${name}`,
    engine: 'bullmq',
    name,
    tenantScoped: false,
    tenantCount: 0,
  },
  ...{
    description: `Does ${name}`,
    tags: ['night'],
    owner: 'group:default/data',
  },
  ...given,
});
const anItem = (jobId: string, given: object = {}) => ({
  id: 'item-1',
  source: 'jobs',
  ...{ title: `${jobId} failed`, detail: '502 Bad Gateway', severity: 'high' },
  ...{ subject: { kind: 'job', ref: jobId, title: jobId } },
  ...given,
});

/** The backend of Operations: two pages of jobs, one of everything else. */
const ANSWERS: Record<string, object> = {
  '/jobs?limit=200&sort=name': {
    items: [aJob('ledger', { title: 'The ledger\u202e' })],
    pageInfo: { nextCursor: 'c1' },
  },
  '/jobs?limit=200&sort=name&cursor=c1': {
    items: [
      aJob('letters', { tenantScoped: true }),
      aJob('exports', { tenantCount: 2 }),
    ],
    pageInfo: {},
  },
  '/flags?limit=200': {
    items: [{ key: 'new-checkout', description: 'The new one', tags: [] }],
    pageInfo: {},
  },
  '/attention?limit=200': {
    items: [
      anItem('bullmq/ledger'),
      // whose errors may name tenants
      anItem('bullmq/letters'),
      anItem('bullmq/exports'),
      anItem('bullmq/ledger', { tenant: 'acme' }),
      // of no job; of one that is not listed; of what another plugin found
      anItem('acme', { subject: { kind: 'tenant', ref: 'acme', title: '' } }),
      anItem('bullmq/unlisted'),
      anItem('bullmq/ledger', { source: 'releases' }),
    ],
    pageInfo: { nextCursor: 'a1' },
  },
  '/attention?limit=200&cursor=a1': {
    items: [anItem('bullmq/ledger', { id: 'item-2', title: 'It is late' })],
    pageInfo: {},
  },
};

describe('what the search holds', () => {
  const tokens = new Set<string | undefined>();
  let onAnswer = (_path: string) => {};
  const server = createServer((req, res) => {
    tokens.add(req.headers.authorization);
    const path = req.url!.replace('/api/operations/v1', '');
    const answer = ANSWERS[path];
    onAnswer(path);
    res.writeHead(answer ? 200 : 503, { 'content-type': 'application/json' });
    res.end(JSON.stringify(answer ?? { error: { message: req.url } }));
  });

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  async function factories(data: object = {}) {
    const added = new Map<string, DocumentCollatorFactory>();
    const { port } = server.address() as AddressInfo;
    const backend = await startTestBackend({
      extensionPoints: [
        [
          searchIndexRegistryExtensionPoint,
          {
            addCollator: ({ factory }) => added.set(factory.type, factory),
            addDecorator: () => {},
          },
        ],
      ],
      features: [
        module,
        mockServices.rootConfig.factory({ data: data as never }),
        createServiceFactory({
          service: coreServices.discovery,
          deps: {},
          factory: () => ({
            getBaseUrl: async id => `http://127.0.0.1:${port}/api/${id}`,
            getExternalBaseUrl: async id => `http://127.0.0.1:${port}/${id}`,
          }),
        }),
      ],
    });
    await backend.stop();
    return added;
  }

  async function documents(factory: DocumentCollatorFactory) {
    const found: IndexableDocument[] = [];
    for await (const document of await factory.getCollator()) {
      found.push(document);
    }
    return found;
  }

  it('is every job, for whoever may see it, with no character that misleads', async () => {
    const jobs = (await factories()).get('operations-job')!;
    expect(jobs.visibilityPermission?.name).toBe('operations.job.read');
    expect(await documents(jobs)).toEqual([
      expect.objectContaining({
        title: 'The ledger⟨U+202E⟩',
        text: 'ledger · Does ledger · night · group:default/data',
        location: '/operations/jobs/bullmq/ledger',
        authorization: { resourceRef: 'bullmq/ledger' },
      }),
      expect.objectContaining({ title: 'letters' }),
      expect.objectContaining({ title: 'exports' }),
    ]);
    expect([...tokens][0]).toMatch(/^Bearer .+/);
  });

  it('is every flag, for whoever may see flags, at the path where the pages are', async () => {
    const data = { operations: { mountPath: '/ops' } };
    const flags = (await factories(data)).get('operations-flag')!;
    expect(flags.visibilityPermission?.name).toBe('operations.flag.read');
    expect(await documents(flags)).toEqual([
      expect.objectContaining({
        title: 'new-checkout',
        location: '/ops/flags?flag=new-checkout&search=new-checkout',
      }),
    ]);
  });

  it('is what failed of a whole job, and nothing that is of some tenants', async () => {
    const failures = (await factories()).get('operations-failure')!;
    expect(failures.visibilityPermission?.name).toBe('operations.job.read');
    expect(await documents(failures)).toEqual([
      expect.objectContaining({
        title: 'bullmq/ledger failed',
        text: '502 Bad Gateway',
        location: '/operations/jobs/bullmq/ledger#item-1',
        authorization: { resourceRef: 'bullmq/ledger' },
      }),
      expect.objectContaining({ title: 'It is late' }),
    ]);
  });

  it('is nothing of a job that gets its first tenant while the search reads', async () => {
    const failures = (await factories()).get('operations-failure')!;
    const first = ANSWERS['/jobs?limit=200&sort=name'];
    onAnswer = path => {
      if (path !== '/attention?limit=200&cursor=a1') return;
      ANSWERS['/jobs?limit=200&sort=name'] = {
        items: [aJob('ledger', { tenantCount: 1 })],
        pageInfo: {},
      };
    };
    try {
      expect(await documents(failures)).toEqual([]);
    } finally {
      onAnswer = () => {};
      ANSWERS['/jobs?limit=200&sort=name'] = first;
    }
  });

  it('is no half of a list: the search keeps what it had', async () => {
    const jobs = (await factories()).get('operations-job')!;
    const second = ANSWERS['/jobs?limit=200&sort=name&cursor=c1'];
    delete ANSWERS['/jobs?limit=200&sort=name&cursor=c1'];
    try {
      await expect(documents(jobs)).rejects.toThrow('503');
    } finally {
      ANSWERS['/jobs?limit=200&sort=name&cursor=c1'] = second;
    }
  });

  it('[portal.3] refuses a setting that nobody reads', async () => {
    const operations = { every: '10m' };
    await expect(
      factories({ search: { collators: { operations } } }),
    ).rejects.toThrow(
      'search.collators.operations.every is no setting; known are schedule, failuresSchedule',
    );
  });
});
