import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { openConnection } from './connection';
import { gatherWrites } from './gatherWrites';

describe('gatherWrites', () => {
  /** A socket, and what it got at a time. */
  function socket() {
    const packets: string[] = [];
    const stream = new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        packets.push(String(chunk));
        done();
      },
      writev(chunks, done) {
        packets.push(chunks.map(({ chunk }) => String(chunk)).join(''));
        done();
      },
    });
    gatherWrites(stream);
    return { stream, packets };
  }

  it('sends what one turn and its promises write at once, in order', async () => {
    const { stream, packets } = socket();
    stream.write('a');
    Promise.resolve().then(() => stream.write('b'));
    stream.write('c');
    await turn();
    stream.write('d');
    await turn();
    expect(packets).toEqual(['acb', 'd']);
  });

  it('does not wait for the end of the turn with more than eight', async () => {
    const { stream, packets } = socket();
    for (const each of 'abcdefghij') stream.write(each);
    expect(packets).toEqual(['abcdefgh']);
    await turn();
    expect(packets).toEqual(['abcdefgh', 'ij']);
  });

  it('sends what was gathered when the socket is ended in the same turn', async () => {
    const { stream, packets } = socket();
    stream.write('a');
    stream.end('b');
    await turn();
    expect(packets.join('')).toBe('ab');
  });
});

describe('a connection', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await getTestRedis();
  });
  afterAll(() => redis.close());

  it('answers each of many commands at once, also on the connection after a lost one', async () => {
    const client = openConnection(redis.url, 'worker');
    const key = `${redis.namespace}:counter`;
    const count = () =>
      Promise.all(Array.from({ length: 100 }, () => client.incr(key)));
    const upTo = (first: number) =>
      Array.from({ length: 100 }, (_, i) => first + i);
    expect(await count()).toEqual(upTo(1));
    client.disconnect(true);
    expect(await count()).toEqual(upTo(101));
    client.disconnect();
  });
});
