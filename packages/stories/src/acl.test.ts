import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Redis } from 'ioredis';
import { apiAs } from './people';
import { startStack } from './stack';
import type { Stack } from './stack';
import { until } from './until';

const PASSWORD = 'made-up-for-this-test';

/** What the demo platform keeps in the same Redis for itself. */
const PLATFORMS_OWN = '~demo:* ~cache:*';

/** The users as the guide for operators writes them, with passwords; and one who may look at what was refused. */
function documentedUsers() {
  const guide = readFileSync(
    resolve(__dirname, '../../../docs/operations.md'),
    'utf8',
  );
  const users = guide.match(/^user .*$/gm) ?? [];
  return [...users, 'user auditor on >… ~* &* +@all']
    .map(line => line.replace('>…', `>${PASSWORD}`))
    .map(line =>
      /^user worker/.test(line) ? `${line} ${PLATFORMS_OWN}` : line,
    )
    .join('\n');
}

describe('a Redis that grants what docs/operations.md says', () => {
  let stack: Stack;
  let auditor: Redis;

  beforeAll(async () => {
    stack = await startStack({
      acl: {
        file: `${documentedUsers()}\n`,
        portal: { name: 'portal', password: PASSWORD },
        platform: { name: 'worker', password: PASSWORD },
      },
    });
    const { hostname, port } = new URL(stack.redisUrl);
    auditor = new Redis({
      host: hostname,
      port: Number(port),
      username: 'auditor',
      password: PASSWORD,
    });
  });

  afterAll(async () => {
    auditor?.disconnect();
    await stack?.stop();
  });

  it('is enough for portal and platform: a job is run from the portal, and nothing was refused', async () => {
    const oskar = await apiAs(stack.url, 'oskar.operator');
    const { run } = await oskar.client.runNow(
      { engine: 'bullmq', name: 'cleanup-expired-tokens' },
      { reason: 'Trying the rights of portal and platform' },
      'acl-story',
    );
    const ended = await until(
      'the run ends',
      () => oskar.client.getRun(run.id),
      ({ status }) => !['queued', 'running'].includes(status),
    );
    expect(ended.status).toBe('succeeded');
    expect(await auditor.acl('LOG')).toEqual([]);
  });

  it('keeps the user of a cache purge away from the queues', async () => {
    const { hostname, port } = new URL(stack.redisUrl);
    const purge = new Redis({
      host: hostname,
      port: Number(port),
      username: 'purge',
      password: PASSWORD,
      enableReadyCheck: false,
    });
    try {
      await expect(
        purge.unlink('bull:cleanup-expired-tokens:meta'),
      ).rejects.toThrow('NOPERM');
      expect(await purge.unlink('cache:anything')).toBe(0);
    } finally {
      purge.disconnect();
    }
  });
});
