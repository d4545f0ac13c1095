import { pathOf, type PageTarget } from '.';

it.each<[PageTarget, string]>([
  [{ kind: 'page', page: 'rate-limits' }, '/rate-limits'],
  [
    { kind: 'job', engine: 'bullmq', name: 'daily mrr' },
    '/jobs/bullmq/daily%20mrr',
  ],
  [
    { kind: 'job', engine: 'bullmq', name: 'odd:One/two' },
    '/jobs/bullmq/odd%3AOne%2Ftwo',
  ],
  [
    { kind: 'run', id: 'r.1~3A', job: { engine: 'checkin', name: 'x' } },
    '/jobs/checkin/x?run=r.1%7E3A',
  ],
  [{ kind: 'run', id: 'r/1' }, '/run/r%2F1'],
  [{ kind: 'tenant', tenant: 'nordic gym' }, '/tenants/nordic%20gym'],
  [
    { kind: 'webhooks', tenant: 'acme', endpoint: 'main' },
    '/webhooks?tenant=acme&endpoint=main',
  ],
  [{ kind: 'webhooks', tenant: 'acme' }, '/webhooks?tenant=acme'],
  [{ kind: 'webhook-failure', id: 'w1' }, '/webhooks?failure=w1'],
  [{ kind: 'flag', key: 'a&b' }, '/flags?flag=a%26b&search=a%26b'],
  [{ kind: 'cache', name: 'shop' }, '/caches?target=shop'],
  [{ kind: 'cache-purge', id: 'p1' }, '/caches?purge=p1'],
  [
    {
      ...{ kind: 'migrations', source: 'reports' },
      ...{ environment: 'production', component: 'tenant-api' },
    },
    '/migrations?open=reports%2Fproduction%2Ftenant-api',
  ],
  [{ kind: 'approval', id: 'a1' }, '/approvals?approval=a1'],
])('[portal.5] %j has its place at %s, below any mount point', (of, path) => {
  expect(pathOf(of)).toBe(path);
});
