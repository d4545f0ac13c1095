import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockServices } from '@backstage/backend-test-utils';
import type { AuditVerification } from '@craft-easy/backstage-plugin-operations-common/internal';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { Knex } from 'knex';
import { createTestDatabases } from '../../__testUtils__/databases';
import { testAudit } from '../../__testUtils__/testApi';
import { anIntent, untriggered } from '../__testUtils__/rows';
import { AuditStore } from '../AuditStore';
import { GENESIS } from '../chain';
import type { Audit } from '../createAudit';

jest.setTimeout(120_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('whether a trail on %s', id => {
  const privateKey = generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  let folder: string;
  let knex: Knex;
  let running: Audit[];
  let logger: ReturnType<typeof mockServices.logger.mock>;
  const file = () => join(folder, 'kept', 'checkpoints.jsonl');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'operations-whole-'));
    knex = await databases.init(id, 'audit');
    running = [];
    logger = mockServices.logger.mock();
  });
  afterEach(async () => {
    for (const audit of running) await audit.stop!();
    await rm(folder, { recursive: true });
  });

  /** The audit of a process that begins now. */
  const begin = async (checkpoints?: object) => {
    const audit = testAudit({
      knex,
      logger,
      config: mockServices.rootConfig({
        data: {
          operations: { audit: { ...(checkpoints && { checkpoints }) } },
        },
      }),
    });
    running.push(audit);
    await audit.start!();
    return audit;
  };
  const end = async (audit: Audit) => {
    running = running.filter(other => other !== audit);
    await audit.stop!();
  };
  const kept = () => ({
    keys: [{ id: 'first', privateKey }],
    file: file(),
    everyRows: 4,
  });
  const write = async (
    audit: Pick<Audit, 'store'>,
    from: number,
    to: number,
  ) => {
    for (let n = from; n <= to; n += 1) await audit.store.append([anIntent(n)]);
  };
  const verify = (audit: Audit) =>
    audit.routes.find(
      r => `${r.method} ${r.path}` === 'GET /audit/verification',
    )!.handle!({} as never) as Promise<AuditVerification>;
  const facts = async (audit: Audit) =>
    (
      await audit.attention![0].getFacts({
        now: new Date(),
        signal: new AbortController().signal,
      })
    ).map(({ kind, severity }) => `${kind} ${severity}`);
  const sequencesInFile = async () =>
    (await readFile(file(), 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line).sequence);

  /** What somebody with all rights may do to the trail; each leaves a good chain. */
  const cutTo = async (sequence: number) => {
    const row = await knex('audit').where({ sequence }).first();
    await knex('audit').where('sequence', '>', sequence).delete();
    await knex('audit_checkpoints').delete();
    await knex('audit_head').update({ sequence, hash: row?.hash ?? GENESIS });
  };
  const append = (from: number, to: number) =>
    write({ store: new AuditStore(knex) }, from, to);
  const TAMPERED: Array<[what: string, how: () => Promise<void>]> = [
    ['was wiped', () => cutTo(0)],
    ['lost its newest rows', () => cutTo(7)],
    ['was put back as it was yesterday', () => cutTo(3)],
    [
      'was put back as it was, and went on',
      async () => {
        await cutTo(3);
        await append(100, 110);
      },
    ],
    [
      'was rewritten from the middle on',
      async () => {
        await cutTo(5);
        await append(200, 204);
      },
    ],
  ];

  it.each(TAMPERED)(
    '[guarantees.4] %s is noticed by the process that has seen it, without any checkpoint',
    async (_, tamper) => {
      const audit = await begin();
      await write(audit, 1, 10);
      expect(await verify(audit)).toMatchObject({
        whole: true,
        remembered: { sequence: 10 },
      });
      await untriggered(knex);
      await tamper();
      expect(await verify(audit)).toMatchObject({
        whole: false,
        brokenAt: { why: expect.stringContaining('has seen') },
      });
      // it says so by itself
      await until(async () =>
        (await facts(audit)).includes('audit-changed critical'),
      );
      expect(logger.error).toHaveBeenCalledWith(
        expect.stringContaining('not what it was'),
      );
    },
  );

  it.each(TAMPERED)(
    '[guarantees.4] %s while no process was there is noticed by the next one, by a checkpoint that is kept elsewhere',
    async (_, tamper) => {
      const first = await begin(kept());
      await write(first, 1, 10);
      await end(first);
      await untriggered(knex);
      await tamper();
      const second = await begin(kept());
      expect(await facts(second)).toEqual(['audit-changed critical']);
      expect(await verify(second)).toMatchObject({
        whole: false,
        brokenAt: { why: expect.stringContaining('the checkpoint signed at') },
      });
    },
  );

  it('[guarantees.4] shrinks is noticed with the next row', async () => {
    const audit = await begin();
    await write(audit, 1, 5);
    await untriggered(knex);
    await cutTo(2);
    await write(audit, 6, 6);
    expect(await facts(audit)).toContain('audit-changed critical');
  });

  it('[guarantees.4] is what it was is signed with the first row, at each so many rows, at the start and at the stop', async () => {
    const first = await begin(kept());
    await write(first, 1, 1);
    await until(async () => (await sequencesInFile()).includes(1));
    await write(first, 2, 4);
    expect(await sequencesInFile()).toEqual([1]);
    await write(first, 5, 5);
    await until(async () => (await sequencesInFile()).includes(5));
    await write(first, 6, 6);
    await end(first);
    expect(await sequencesInFile()).toEqual([1, 5, 6]);
    await append(7, 7);
    await begin(kept());
    expect(await sequencesInFile()).toEqual([1, 5, 6, 7]);
  });

  it('[guarantees.4] is whole is said together with what it was held against, and an item says where nothing is kept elsewhere', async () => {
    const alone = await begin();
    await write(alone, 1, 2);
    expect((await verify(alone)).checkpoints).toEqual({
      ...{ matched: 0, pruned: 0, unknownKey: 0 },
      keptIn: [],
    });
    expect(await facts(alone)).toEqual(['audit-kept-nowhere-else low']);
    const signing = await begin({ keys: kept().keys });
    expect(await facts(signing)).toEqual(['audit-kept-nowhere-else low']);

    const audit = await begin(kept());
    await write(audit, 3, 3);
    await end(audit);
    const next = await begin(kept());
    const { checkpoints } = await verify(next);
    expect(checkpoints).toEqual({
      ...{ matched: 2, pruned: 0, unknownKey: 0 },
      newest: expect.any(String),
      keptIn: [`file:${file()}`],
    });
    expect(await facts(next)).toEqual([]);
  });
});
