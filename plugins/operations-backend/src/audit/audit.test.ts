import type { Knex } from 'knex';
import request from 'supertest';
import { JobAccess } from '../permissions/JobAccess';
import { createTestDatabases } from '../__testUtils__/databases';
import { startOperations } from '../__testUtils__/startOperations';
import { AuditReader } from './AuditReader';
import { AuditStore } from './AuditStore';
import { anIntent as intent, untriggered } from './__testUtils__/rows';
import { outcomeOf } from './entryRows';
import { hashRow } from './chain';
import { createRedact } from './redact';
import { verifyTrail } from './verification';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('the audit trail on %s', id => {
  let knex: Knex;
  let store: AuditStore;
  let reader: AuditReader;
  beforeEach(async () => {
    knex = await databases.init(id, 'jobs', 'audit');
    store = new AuditStore(knex);
    reader = new AuditReader(knex);
  });

  async function tamper(change: () => Promise<unknown>) {
    await untriggered(knex);
    await change();
  }
  const fill = (n: number) =>
    store.append(
      Array.from({ length: n }, (_, i) => [
        intent(i),
        outcomeOf(intent(i), 'succeeded', 1_700_000_001_000, { after: { i } }),
      ]).flat(),
    );

  it('is intact when nobody changed it, empty or not', async () => {
    expect(await verifyTrail(reader)).toMatchObject({ whole: true, rows: 0 });
    await fill(2500);
    const found = await verifyTrail(reader);
    expect(found).toMatchObject({ whole: true, rows: 5000 });
    expect(found.head).toMatch(/^[0-9a-f]{64}$/);
  });

  it('cannot be changed or cut by the application', async () => {
    await fill(2);
    await expect(knex('audit').update({ actor: 'x' })).rejects.toThrow(
      /append-only/,
    );
    await expect(knex('audit').delete()).rejects.toThrow(/append-only/);
  });

  it.each<[string, () => Promise<unknown>, number]>([
    [
      'a changed text',
      () =>
        knex('audit').where({ sequence: 3 }).update({ body: '{"sequence":3}' }),
      3,
    ],
    [
      'a changed column',
      () =>
        knex('audit')
          .where({ sequence: 3 })
          .update({ actor: 'user:default/innocent' }),
      3,
    ],
    [
      'a changed hash',
      () =>
        knex('audit')
          .where({ sequence: 3 })
          .update({ hash: 'f'.repeat(64) }),
      3,
    ],
    ['a missing row', () => knex('audit').where({ sequence: 3 }).delete(), 4],
    [
      'a missing first row',
      () => knex('audit').where({ sequence: 1 }).delete(),
      2,
    ],
    [
      'a missing end',
      () => knex('audit').where('sequence', '>', 4).delete(),
      5,
    ],
    [
      'a note of the end set back',
      () => knex('audit_head').update({ hash: 'e'.repeat(64) }),
      6,
    ],
  ])('shows %s, and where', async (_, change, sequence) => {
    await fill(3);
    await tamper(change);
    const found = await verifyTrail(reader);
    expect(found.whole).toBe(false);
    expect(found.brokenAt).toMatchObject({ sequence });
  });

  it('reveals a row that was rewritten along with its own hash', async () => {
    await fill(3);
    await tamper(async () => {
      const row = await knex('audit').where({ sequence: 2 }).first();
      const body = row.body.replace('user:default/u0', 'user:default/u9');
      await knex('audit')
        .where({ sequence: 2 })
        .update({
          body,
          actor: 'user:default/u9',
          hash: hashRow(row.previous_hash, body),
        });
    });
    expect(await verifyTrail(reader)).toMatchObject({
      whole: false,
      brokenAt: { sequence: 3 },
    });
  });

  it('takes hundreds of rows a second, one by one', async () => {
    const begin = performance.now();
    await Promise.all(
      Array.from({ length: 1000 }, (_, i) => store.append([intent(i)])),
    );
    expect(performance.now() - begin).toBeLessThan(3000);
  });

  it('is rolled back with the transaction that it is written in', async () => {
    await expect(
      knex.transaction(async trx => {
        await store.appendIn(trx, [intent(1)]);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await store.append([intent(2)]);
    expect(await verifyTrail(reader)).toMatchObject({ whole: true, rows: 1 });
  });

  it('folds the two rows of an action into one entry, and finds it by what it is about', async () => {
    await store.append([
      intent(1, { tenant: 'acme', jobId: 'bullmq/nightly' }),
      outcomeOf(intent(1), 'failed', 1_700_000_002_000, {
        error: new Error('away'),
      }),
      intent(2, { action: 'cache.purge', target: 'cache:sessions' }),
    ]);
    const all = new JobAccess(true);
    const list = (filter: object) => reader.list({ limit: 50, ...filter }, all);
    expect((await list({})).rows.map(e => [e.id, e.outcome, e.error])).toEqual([
      ['entry-2', 'intended', undefined],
      ['entry-1', 'failed', 'away'],
    ]);
    for (const [filter, ids] of [
      [{ actor: ['user:default/u1'] }, ['entry-1']],
      [{ action: ['cache.purge'] }, ['entry-2']],
      [{ target: 'cache:sessions' }, ['entry-2']],
      [{ job: 'bullmq/nightly' }, ['entry-1']],
      [{ tenant: ['acme'] }, ['entry-1']],
      [{ outcome: ['failed'] }, ['entry-1']],
      [{ outcome: ['intended'] }, ['entry-2']],
      [{ outcome: ['intended', 'failed'] }, ['entry-2', 'entry-1']],
      [{ from: new Date(1_700_000_000_002).toISOString() }, ['entry-2']],
      [{ to: new Date(1_700_000_000_002).toISOString() }, ['entry-1']],
    ] as const) {
      const { rows } = await list(filter);
      expect([filter, rows.map(e => e.id)]).toEqual([filter, ids]);
      expect(await reader.count(filter as object, all)).toBe(ids.length);
    }
  });

  it('shows to whoever may see one tenant what is about that tenant, and what is about the platform as a whole', async () => {
    const jobId = 'bullmq/nightly';
    const begin = { action: 'maintenance.begin', target: 'maintenance:1' };
    await store.append([
      intent(1, { tenant: 'acme', jobId }),
      intent(2, { tenant: 'globex', jobId }),
      intent(3, { ...begin, tenant: 'acme' }),
      intent(4, { ...begin, tenant: 'globex' }),
      intent(5, begin),
      // of a job that was not found
      intent(6),
    ]);
    const acme = new JobAccess({ kind: 'tenant', values: ['acme'] });
    const { rows } = await reader.list({ limit: 50 }, acme);
    expect(rows.map(e => e.id)).toEqual(['entry-5', 'entry-3', 'entry-1']);
    expect(await reader.count({}, acme)).toBe(3);
  });

  it('is exported whole, as lines of JSON and as CSV that no spreadsheet takes for formulas', async () => {
    await fill(1200);
    await store.append([
      intent(5000, { reason: '=HYPERLINK("x"),\n"quoted"' }),
    ]);
    const operations = await startOperations({ knex });
    try {
      const get = (format: string) =>
        request(operations.server)
          .get(`/api/operations/v1/audit/export?format=${format}`)
          .buffer(true)
          .parse((res, done) => {
            let text = '';
            res.on('data', chunk => (text += chunk));
            res.on('end', () => done(null, text));
          });
      const lines = (await get('jsonl')).body.trim().split('\n');
      expect(lines).toHaveLength(1201);
      expect(JSON.parse(lines[1200])).toMatchObject({ id: 'entry-0' });
      const csv = await get('csv');
      expect(csv.headers['content-disposition']).toContain('audit.csv');
      expect(csv.body.match(/^entry-/gm)).toHaveLength(1201);
      expect(csv.body).toContain(`"'=HYPERLINK(""x""),\n""quoted"""`);
    } finally {
      await operations.stop();
    }
  });
});

describe('redaction', () => {
  it('replaces secrets at any depth and leaves the rest', () => {
    const redact = createRedact(['^pin$']);
    expect(
      redact({
        user: 'kim',
        password: 'x',
        nested: [{ apiKey: 'y', 'api-key': 'z', Authorization: 'q', pin: 1 }],
        pinned: true,
      }),
    ).toEqual({
      user: 'kim',
      password: '[redacted]',
      nested: [
        {
          apiKey: '[redacted]',
          'api-key': '[redacted]',
          Authorization: '[redacted]',
          pin: '[redacted]',
        },
      ],
      pinned: true,
    });
  });

  it('takes what looks like a secret out of any text', () => {
    const redact = createRedact([], ['\\bCUST-\\d+']);
    expect(
      redact({
        note: 'for CUST-42, password=hunter2',
        url: ['postgres://app:s3cret@db/main'],
      }),
    ).toEqual({
      note: 'for [redacted], password=[redacted]',
      url: ['postgres://app:[redacted]@db/main'],
    });
  });
});
