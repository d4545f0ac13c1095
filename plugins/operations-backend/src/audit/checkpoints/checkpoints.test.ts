import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { mockServices } from '@backstage/backend-test-utils';
import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import request from 'supertest';
import { createTestDatabases } from '../../__testUtils__/databases';
import { startOperations } from '../../__testUtils__/startOperations';
import { anIntent, untriggered } from '../__testUtils__/rows';
import { createAudit } from '../createAudit';

jest.setTimeout(120_000);

const databases = createTestDatabases();
const DAY_MS = 24 * 3600 * 1000;
const run = promisify(execFile);
const base = '/api/operations/v1/audit';

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey
      .export({ type: 'spki', format: 'der' })
      .toString('base64'),
  };
}

describe.each(databases.eachSupportedId())('checkpoints on %s', id => {
  const first = keyPair();
  const second = keyPair();
  let folder: string;
  let knex: Knex;
  let operations: Awaited<ReturnType<typeof startOperations>>;
  const file = () => join(folder, 'checkpoints.jsonl');
  const config = (keys: object[], more: object = {}) => ({
    operations: {
      audit: { checkpoints: { keys, file: file() }, ...more },
    },
  });
  const withKey = [{ id: 'first', privateKey: first.privateKey }];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'operations-audit-'));
    knex = await databases.init(id, 'jobs', 'audit');
    operations = await startOperations({ knex, config: config(withKey) });
  });
  afterEach(async () => {
    await operations.stop();
    await rm(folder, { recursive: true });
  });

  /** The audit over the same database with another configuration, such as another time. */
  const another = (keys: object[], more: object = {}) =>
    createAudit({
      knex,
      config: mockServices.rootConfig({ data: config(keys, more) }),
      auditor: mockServices.auditor.mock(),
      logger: mockServices.logger.mock(),
    });
  const write = async (from: number, to: number, at = Date.now()) => {
    for (let n = from; n < to; n += 1) {
      await operations.audit.store.append([anIntent(n, { at })]);
    }
  };
  const get = async (path: string) => {
    const response = await request(operations.server).get(`${base}${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    return response.body;
  };
  const verifyAgainst = async (checkpoints: AuditCheckpoint[]) =>
    (
      await request(operations.server)
        .post(`${base}/verification`)
        .send({ checkpoints })
    ).body;
  const text = async (path: string) =>
    (
      await request(operations.server)
        .get(`${base}${path}`)
        .buffer(true)
        .parse((res, done) => {
          let all = '';
          res.on('data', chunk => (all += chunk));
          res.on('end', () => done(null, all));
        })
    ).body as string;
  /** Somebody with all rights on the database writes another history with a valid chain. */
  const replaceWhole = async () => {
    await untriggered(knex);
    await knex('audit').delete();
    await knex('audit_checkpoints').delete();
    await knex('audit_head').update({ sequence: 0, hash: '0'.repeat(64) });
    await write(100, 106);
  };
  const offline = async (...args: string[]) => {
    const bin = resolve(__dirname, '../../../bin/verify-audit.mjs');
    try {
      const { stdout } = await run(process.execPath, [bin, ...args]);
      return { code: 0, said: stdout };
    } catch (error) {
      const { code, stderr } = error as { code: number; stderr: string };
      return { code, said: stderr };
    }
  };
  const saved = async (name: string, content: string) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  it('[access.3] reveal a trail that was replaced, cut short or rewritten since they were signed', async () => {
    await write(0, 4);
    const kept: AuditCheckpoint = await get('/checkpoint');
    expect(kept).toMatchObject({ kind: 'head', sequence: 4, keyId: 'first' });
    await write(4, 6);
    expect(await verifyAgainst([kept])).toMatchObject({
      whole: true,
      rows: 6,
      checkpoints: { matched: 1, newest: kept.at },
    });

    await replaceWhole();
    expect(await get('/verification')).toMatchObject({
      whole: false,
      brokenAt: { why: expect.stringContaining('has seen another row') },
    });
    expect(await verifyAgainst([kept])).toMatchObject({
      whole: false,
      brokenAt: { sequence: 4, why: expect.stringContaining('rewritten') },
    });
    await knex('audit').delete();
    await knex('audit_head').update({ sequence: 0, hash: '0'.repeat(64) });
    expect(await verifyAgainst([kept])).toMatchObject({
      whole: false,
      brokenAt: { why: expect.stringContaining('cut short or replaced') },
    });
  });

  it('are not believed when they were altered, or signed by somebody else', async () => {
    await write(0, 4);
    const kept: AuditCheckpoint = await get('/checkpoint');
    for (const altered of [
      { sequence: 3 },
      { hash: 'a'.repeat(64) },
      { at: '2020-01-01T00:00:00.000Z' },
      { kind: 'start' as const },
    ]) {
      expect(await verifyAgainst([{ ...kept, ...altered }])).toMatchObject({
        whole: false,
        brokenAt: { why: expect.stringContaining('signature') },
      });
    }
    const stranger = another([{ id: 'x', privateKey: second.privateKey }]);
    expect(
      await verifyAgainst([await stranger.checkpoints.present()]),
    ).toMatchObject({
      whole: false,
      brokenAt: { why: expect.stringContaining('no key named x') },
    });
  });

  it('are kept in the database and in a file, once per state, and the file alone reveals a replaced table', async () => {
    await write(0, 4);
    const { checkpoints } = operations.audit;
    expect(await checkpoints.make()).toMatchObject({ sequence: 4 });
    expect(await checkpoints.make()).toBeUndefined();
    const { items, totalItems } = await get('/checkpoints');
    expect([totalItems, items[0].sequence]).toEqual([1, 4]);
    expect((await readFile(file(), 'utf8')).trim()).toBe(
      JSON.stringify(items[0]),
    );
    expect(await text('/checkpoints/export')).toBe(
      await readFile(file(), 'utf8'),
    );
    expect(await get('/verification')).toMatchObject({ whole: true });
    await replaceWhole();
    expect(await get('/verification')).toMatchObject({
      whole: false,
      brokenAt: { sequence: 4 },
    });
  });

  it('outlive a change of keys', async () => {
    await write(0, 2);
    const old = await operations.audit.checkpoints.present();
    const rotated = another([
      { id: 'second', privateKey: second.privateKey },
      { id: 'first', publicKey: first.publicKey },
    ]);
    expect(await rotated.checkpoints.present()).toMatchObject({
      keyId: 'second',
    });
    await operations.stop();
    operations = await startOperations({
      knex,
      config: config([
        { id: 'second', privateKey: second.privateKey },
        { id: 'first', publicKey: first.publicKey },
      ]),
    });
    expect((await get('/keys')).items).toMatchObject([
      { id: 'second', algorithm: 'Ed25519', signs: true },
      { id: 'first', signs: false },
    ]);
    expect(await verifyAgainst([old])).toMatchObject({ whole: true });
  });

  it('are refused without a key, and a wrong key stops the portal with its name', async () => {
    await write(0, 1);
    await expect(another([]).checkpoints.present()).rejects.toThrow(
      /operations\.audit\.checkpoints\.keys/,
    );
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    expect(() => another([{ id: 'wrong', privateKey }])).toThrow(
      /keys: wrong: is of type ec, not Ed25519/,
    );
    expect(() => another([], { retentionDays: 30 })).toThrow(/needs a key/);
  });

  it('[access.3] verify an export without the portal', async () => {
    await write(0, 5);
    await operations.audit.checkpoints.make();
    const proof = async () => [
      '--checkpoints',
      file(),
      '--keys',
      await saved('keys.json', JSON.stringify(await get('/keys'))),
    ];
    const chain = await saved('chain.jsonl', await text('/chain'));
    const whole = await offline(chain, ...(await proof()));
    expect(whole).toEqual({
      code: 0,
      said: expect.stringMatching(/^whole: 5 rows .* 1 checkpoints match/),
    });

    const lines = (await readFile(chain, 'utf8')).trim().split('\n');
    const change = async (to: string[]) =>
      offline(await saved('changed.jsonl', to.join('\n')), ...(await proof()));
    for (const [broken, why] of [
      [[...lines.slice(0, 2), ...lines.slice(3)], /row 3 is missing/],
      [lines.slice(1), /rows before it are missing/],
      [lines.slice(0, 4), /knows 5 rows/],
      [[lines[1], lines[0], ...lines.slice(2)], /missing/],
      [
        lines.map(l => l.replace('user:default/u1', 'user:default/u9')),
        /does not give its hash/,
      ],
    ] as const) {
      const { code, said } = await change([...broken]);
      expect([code, said]).toEqual([1, expect.stringMatching(why)]);
    }
    await replaceWhole();
    const replaced = await saved('replaced.jsonl', await text('/chain'));
    expect(await offline(replaced)).toMatchObject({ code: 0 });
    expect(await offline(replaced, ...(await proof()))).toMatchObject({
      code: 1,
      said: expect.stringContaining('knows another'),
    });
    expect(await offline()).toMatchObject({ code: 2 });
  });

  describe('after retention', () => {
    let now = Date.now();
    const signedAt = (
      audit: ReturnType<typeof another>,
      { kind, sequence, hash }: AuditCheckpoint,
      at: number,
    ) => audit.keys.sign({ kind, sequence, hash }, at);
    const columnsOf = ({ at, signature }: AuditCheckpoint) => ({
      at,
      signature,
    });
    /** Ten old rows with a checkpoint, then five. */
    async function grow() {
      now = Date.now();
      const old = another(withKey);
      await write(0, 10, now - 40 * DAY_MS);
      await old.checkpoints.make();
      await knex('audit_checkpoints').update({
        // signed for then, as if it had been made then
        ...columnsOf(
          signedAt(old, await old.checkpoints.present(), now - 39 * DAY_MS),
        ),
      });
      await write(10, 15, now);
    }
    const retained = () => another(withKey, { retentionDays: 30 }).retention!;

    it('the chain begins at a signed checkpoint, is whole, and can be verified elsewhere', async () => {
      await grow();
      expect(await retained().apply()).toBe(10);
      expect(await retained().apply()).toBe(0);
      expect(await knex('audit').min('sequence as s').first()).toMatchObject({
        s: expect.anything(),
      });
      expect(await get('/verification')).toMatchObject({
        whole: true,
        startsAfter: 10,
        rows: 17,
      });
      const listed = await get('?action=audit.prune');
      expect(listed.items[0]).toMatchObject({
        actor: 'service:operations',
        outcome: 'succeeded',
        reason: 'Retention: rows are kept for 30 days',
      });
      const chain = await saved('chain.jsonl', await text('/chain'));
      const keys = await saved('keys.json', JSON.stringify(await get('/keys')));
      const starts = await saved(
        'starts.jsonl',
        await text('/checkpoints/export'),
      );
      expect(
        await offline(chain, '--checkpoints', starts, '--keys', keys),
      ).toMatchObject({ code: 0 });
      // and what remains is as append-only as before
      await expect(knex('audit').delete()).rejects.toThrow(/append-only/);
    });

    it('two replicas that prune at once do no harm, and one that died goes on', async () => {
      await grow();
      const deleted = await Promise.all([
        retained().apply(),
        retained().apply(),
      ]);
      expect(deleted[0] + deleted[1]).toBe(10);
      expect(await get('/verification')).toMatchObject({ whole: true });
      expect((await get('?action=audit.prune')).items).toHaveLength(1);
    });

    it('rows that were to be deleted cannot be changed in the meantime', async () => {
      await grow();
      const stopped = new AbortController();
      stopped.abort();
      expect(await retained().apply(stopped.signal)).toBe(0);
      expect(await get('/verification')).toMatchObject({ whole: true });
      await untriggered(knex);
      await knex('audit').where('sequence', '<', 8).delete();
      expect(await get('/verification')).toMatchObject({ whole: true });
      await knex('audit').where({ sequence: 9 }).update({ body: '{}' });
      expect(await get('/verification')).toMatchObject({
        whole: false,
        brokenAt: { sequence: 9 },
      });
    });

    it('[access.3] nobody without the key can pass off a cut trail as a pruned one', async () => {
      await grow();
      await untriggered(knex);
      await knex('audit').where('sequence', '<=', 10).delete();
      expect(await get('/verification')).toMatchObject({ whole: false });
      await knex('audit_checkpoints').update({ kind: 'start' });
      expect(await get('/verification')).toMatchObject({
        whole: false,
        brokenAt: { why: expect.stringContaining('not good') },
      });
    });

    it('a trail that is not whole is left as it is', async () => {
      await grow();
      await untriggered(knex);
      await knex('audit').where({ sequence: 12 }).update({ actor: 'x' });
      expect(await retained().apply()).toBe(0);
      expect(await knex('audit').count('* as n')).toMatchObject([
        { n: expect.anything() },
      ]);
      expect(await knex('audit').where({ sequence: 1 })).toHaveLength(1);
    });
  });
});
