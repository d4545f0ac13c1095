import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { getTestRedis } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { loadConfigSchema } from '@backstage/config-loader';
import type { JsonObject } from '@backstage/types';
import createKnex from 'knex';
import { parse } from 'yaml';
import {
  documentedBlocks,
  ROOT,
  type CodeBlock,
} from './__testUtils__/codeBlocks';
import { shellFaults } from './__testUtils__/shellFaults';
import { startPortal } from './__testUtils__/startPortal';
import { typeFaults } from './__testUtils__/typeFaults';

jest.setTimeout(180_000);

const mistaken = (blocks: CodeBlock[], right: string, wrong: string) => {
  const block = blocks.find(({ text }) => text.includes(right))!;
  return { ...block, text: block.text.replace(right, wrong) };
};

describe('[portal.2] TypeScript in README and docs', () => {
  it('compiles as it is pasted, and a mistake in it is found', () => {
    const blocks = documentedBlocks('ts', 'tsx');
    const planted = [
      mistaken(blocks, 'operations-sdk/jobs', 'operations-sdk/job'),
      mistaken(blocks, 'manualRun: false', 'manual_run: false'),
    ].map((block, i) => ({ ...block, at: `mistake ${i}` }));
    const faults = typeFaults([...blocks, ...planted]);
    expect(
      blocks.flatMap(block =>
        faults.get(block)!.map(fault => `${block.at}, ${fault}`),
      ),
    ).toEqual([]);
    for (const block of planted) expect(faults.get(block)).not.toEqual([]);
  });
});

describe('[portal.2] YAML in README and docs', () => {
  const blocks = documentedBlocks('yaml');
  const configOf = ({ text }: CodeBlock): JsonObject => parse(text);

  it('is configuration by the schemas of the packages', async () => {
    const schema = await loadConfigSchema({
      dependencies: ['app', 'backend'],
      packagePaths: [join(ROOT, 'package.json')],
    });
    const baseUrl = 'https://portal.example.com';
    const portal = {
      app: { baseUrl },
      backend: {
        baseUrl,
        listen: ':7007',
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
    };
    const check = (block: CodeBlock) =>
      schema.process([
        { data: portal, context: 'app-config.yaml' },
        { data: configOf(block), context: block.at },
      ]);
    for (const block of blocks) expect(() => check(block)).not.toThrow();
    const wrong = mistaken(blocks, 'everyMinutes: 60', 'everyMinutes: hourly');
    expect(() => check(wrong)).toThrow(/everyMinutes/);
  });

  it.each(blocks.filter(block => 'operations' in configOf(block)))(
    'at $at starts a portal',
    async block => {
      const redis = await getTestRedis();
      const { privateKey } = generateKeyPairSync('ed25519');
      const key = privateKey.export({ type: 'pkcs8', format: 'der' });
      const text = block.text
        .replaceAll(/\$\{\w*REDIS_URL\}/g, redis.url)
        .replaceAll(/\$\{\w*SIGNING_KEY\}/g, key.toString('base64'))
        .replaceAll(/\$\{\w*BADGES_KEY\}/g, key.toString('base64'))
        .replaceAll(/\$\{\w*READONLY_URL\}/g, 'postgres://localhost:9/billing');
      const { redis: _, ...operations } = parse(text).operations;
      const portal = await startPortal({ redis, operations });
      expect(portal.server.listening).toBe(true);
      await portal.stop();
    },
  );

  it('says what the portal does not know', async () => {
    const operations = { rateLimits: { maxDuration: 4 } };
    await expect(startPortal({ operations })).rejects.toThrow(
      'did you mean `maxDurationHours`?',
    );
  });
});

describe('[portal.2] commands in README and docs', () => {
  const blocks = documentedBlocks('sh');

  it('are known to a shell, to the packages and to the API', () => {
    expect(blocks.flatMap(shellFaults)).toEqual([]);
    for (const [right, wrong] of [
      ['npm run soak', 'npm run soke'],
      ['/migrations/settled', '/migrations/done'],
      ['operations-sdk', 'operations-skd'],
    ]) {
      expect(shellFaults(mistaken(blocks, right, wrong))).not.toEqual([]);
    }
  });

  it.each(blocks.filter(({ text }) => /^(redis-cli|openssl) /m.test(text)))(
    'at $at run',
    async ({ text }) => {
      const redis = await getTestRedis();
      const env = { ...process.env, REDIS_URL: redis.url };
      const printed = execFileSync('sh', ['-ec', text], { env });
      expect(printed).not.toHaveLength(0);
    },
  );

  it.each(documentedBlocks('sql'))('at $at are SQL', async ({ text }) => {
    const knex = createKnex({
      client: 'better-sqlite3',
      connection: ':memory:',
      useNullAsDefault: true,
    });
    await expect(knex.raw(text)).resolves.toBeDefined();
    await knex.destroy();
  });
});
