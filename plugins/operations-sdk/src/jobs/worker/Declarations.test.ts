import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Redis } from 'ioredis';
import { defineJob } from '..';
import { Declarations, type DeclarationsOptions } from './Declarations';

describe('a declaration that two processes write at the same time', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await getTestRedis();
  });
  afterAll(() => server.close());

  it.each([
    { slow: '1.9', quick: '1.10', known: true },
    { slow: '1.9', quick: '1.10', known: false },
    { slow: '1.10', quick: '1.9', known: true },
    { slow: '1.10', quick: '1.9', known: false },
  ])(
    '[protocol.7] is of the newest version, whoever writes last: $slow after $quick, known before: $known',
    async ({ slow, quick, known }) => {
      const keys = protocolKeys(`${server.namespace}-${slow}-${known}`);
      const declarations = (version: string | undefined, client: Redis) =>
        new Declarations({
          runtime: {
            client,
            keys,
            clock: { now: () => Date.now() },
            tenants: async () => [],
          } as unknown as DeclarationsOptions['runtime'],
          jobs: [defineJob({ name: 'nightly', handler: async () => {} })],
          version,
        });
      const client = server.client();
      if (known) await declarations(undefined, client).publish();
      const late = server.client();
      const readNow = late.hmget.bind(late) as (
        ...given: string[]
      ) => Promise<Array<string | null>>;
      jest.spyOn(late, 'hmget').mockImplementationOnce((async (
        ...given: string[]
      ) => {
        const found = await readNow(...given);
        // between its look and its word
        await declarations(quick, client).publish();
        return found;
      }) as never);
      await declarations(slow, late).publish();
      const [text] = await client.hvals(keys.declarations);
      expect(JSON.parse(text).version).toBe('1.10');
    },
  );
});
