import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DateTime } from 'luxon';
import { runRecordSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  protocolKeys,
  type RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { JOBS } from '../jobs';
import { remind } from '../jobs/growth/weeklyLicenseRenewalReminder';
import { createMailServer, MailProvider } from '../mail/provider';
import { TENANT_IDS } from '../platform/tenants';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { seed } from './seed';

jest.setTimeout(60_000);

const DAY_MS = 24 * 3_600_000;

describe('the history of the demo platform', () => {
  let redis: TestRedis;
  let mail: Server;
  let mailUrl: string;
  let records: RunRecord[];
  const namespace = `seed-${randomUUID().slice(0, 8)}`;
  const keys = protocolKeys(namespace);
  const provider = new MailProvider();
  const now = Date.now();

  beforeAll(async () => {
    redis = await getTestRedis();
    mail = createMailServer(provider).listen(0, '127.0.0.1');
    await once(mail, 'listening');
    mailUrl = `http://127.0.0.1:${(mail.address() as AddressInfo).port}`;
    await seed({ redisUrl: redis.url, namespace, mailUrl }, now);
    records = (await redis.client().xrange(keys.runs, '-', '+')).map(
      ([, [, json]]) => runRecordSchema.parse(JSON.parse(json)),
    );
  });
  afterAll(async () => {
    const client = redis.client();
    await client.del(...(await client.keys(`${namespace}:*`)));
    mail.close();
    await redis.close();
  });

  function lastOf(job: string): RunRecord {
    return records.filter(record => record.job === job).at(-1)!;
  }

  it('covers thirty days of every job that has a schedule', () => {
    for (const job of JOBS.filter(({ schedule }) => schedule)) {
      const runs = records.filter(record => record.job === job.name);
      const oldest = Math.min(...runs.map(run => Date.parse(run.endedAt!)));
      expect(now - oldest).toBeGreaterThan(21 * DAY_MS);
    }
  });

  it('[truth.9] spells a word in one way, and names workers as they are named', () => {
    const said = JSON.stringify([JOBS, records]);
    expect(said).toContain('license');
    expect(said).not.toMatch(/licence/i);
    expect(new Set(records.map(record => record.workerId))).toEqual(
      new Set(['worker-1']),
    );
  });

  it('covers each tenant of the jobs that are per tenant', () => {
    for (const job of JOBS.filter(({ tenantScoped }) => tenantScoped)) {
      const runs = records.filter(record => record.job === job.name);
      expect(new Set(runs.map(run => run.tenant))).toEqual(new Set(TENANT_IDS));
    }
  });

  it('is reported in the order in which runs ended, none of them to come, each once', () => {
    const ends = records.map(record => Date.parse(record.endedAt!));
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    expect(ends.at(-1)).toBeLessThan(now);
    expect(new Set(records.map(record => record.id)).size).toBe(records.length);
  });

  it('leaves two jobs failed, last night, and no other', () => {
    const failed = [...new Set(records.map(record => record.job))].filter(
      job => lastOf(job).state !== 'succeeded',
    );
    expect(failed.sort()).toEqual([
      'daily-mrr-rollup',
      'weekly-license-renewal-reminder',
    ]);
    for (const [job, time] of [
      ['weekly-license-renewal-reminder', '02:14'],
      ['daily-mrr-rollup', '02:15'],
    ]) {
      const slot = DateTime.fromISO(lastOf(job).scheduledFor!, {
        zone: 'Europe/Stockholm',
      });
      expect(slot.toFormat('HH:mm')).toBe(time);
    }
    expect(now - Date.parse(lastOf('daily-mrr-rollup').endedAt!)).toBeLessThan(
      DAY_MS + 120_000,
    );
  });

  it('has each tenant of every job end well', () => {
    const newest = new Map<string, RunRecord>();
    for (const record of records.filter(({ tenant }) => tenant)) {
      newest.set(`${record.job}/${record.tenant}`, record);
    }
    const states = new Set([...newest.values()].map(({ state }) => state));
    expect([...states]).toEqual(['succeeded']);
  });

  it('shows the 502 of the mail provider in the log of the reminder that failed', () => {
    const { log, error } = lastOf('weekly-license-renewal-reminder');
    expect(error!.message).toContain('502 Bad Gateway');
    expect(log!.lines.map(line => line.text)).toContainEqual(
      expect.stringContaining('502 Bad Gateway from the mail provider'),
    );
  });

  it('is reported once: a second start adds nothing', async () => {
    const again = await seed({ redisUrl: redis.url, namespace, mailUrl });
    expect(again).toBe(0);
    expect(await redis.client().xlen(keys.runs)).toBe(records.length);
  });

  it('leaves the rest of the reminders to a retry, which sends one per license in all', async () => {
    const before = provider.counts().sent;
    const slot = lastOf('weekly-license-renewal-reminder').scheduledFor!;
    const { sent, alreadySent } = await remind(
      {
        log: () => {},
        progress: async () => {},
        dryRun: false,
        parameters: { daysAhead: 30 },
      },
      mailUrl,
      DateTime.fromISO(slot, { zone: 'utc' }),
    );
    expect(before).toBeGreaterThan(0);
    expect(alreadySent).toBe(before);
    expect(provider.counts()).toEqual({
      sent: sent + before,
      duplicates: before,
    });
  });
});
