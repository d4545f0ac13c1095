import { mockServices } from '@backstage/backend-test-utils';
import type { AttentionPlace } from '@craft-easy/backstage-plugin-operations-common';
import { AttentionNotifier } from './AttentionNotifier';
import type { AttentionRow } from './attentionRow';
import type { NotificationClaims } from './NotificationClaims';

const JOB = { engine: 'bullmq', name: 'nightly-report' };

/** The link of a notification of an item that leads to a place. */
async function linkOf(mountPath: string, place: AttentionPlace) {
  const sent: Array<string | undefined> = [];
  const item = {
    ...{ id: 'i1', title: 'It failed', severity: 'high', place },
    ...{ owner: 'group:default/finance', notify: [] },
  } as unknown as AttentionRow;
  const notifier = new AttentionNotifier(
    {
      claimNotifications: async () => [item],
      claimSolved: async () => [],
    } as unknown as NotificationClaims,
    {
      send: async ({ payload }) => {
        sent.push(payload.link);
      },
    },
    mockServices.logger.mock(),
    mountPath,
    ['high'],
  );
  await notifier.send(0);
  return sent[0];
}

describe('a notification', () => {
  it.each<[string, AttentionPlace, string]>([
    ['/operations', { kind: 'job', ...JOB }, '/jobs/bullmq/nightly-report'],
    ['/ops', { kind: 'job', ...JOB }, '/jobs/bullmq/nightly-report'],
    [
      '/ops',
      { kind: 'run', id: 'r1', job: JOB },
      '/jobs/bullmq/nightly-report?run=r1',
    ],
    ['/ops', { kind: 'page', page: 'audit' }, '/audit'],
    ['/tools/ops', { kind: 'approval', id: 'a1' }, '/approvals?approval=a1'],
    ['', { kind: 'cache-purge', id: 'p1' }, '/caches?purge=p1'],
    [
      '/ops',
      { kind: 'entity', entityRef: 'component:default/api' },
      '/attention',
    ],
  ])('[portal.5] leads below %p to %j', async (mountPath, place, path) => {
    expect(await linkOf(mountPath, place)).toBe(`${mountPath}${path}`);
  });

  it('[portal.5] leads to a website where the item does, wherever the pages are', async () => {
    const url = 'https://certificates.example/api';
    expect(await linkOf('/ops', { kind: 'url', url })).toBe(url);
  });
});
