import { execFile } from 'child_process';
import { mkdtemp, rm } from 'fs/promises';
import { tmpdir } from 'os';
import { join } from 'path';
import { setImmediate as nextTurn } from 'timers/promises';
import { promisify } from 'util';
import IORedis from 'ioredis';
import {
  connectionOptions,
  endConnection,
  keepSubscribed,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import {
  freePort,
  startPrivateRedis,
  type PrivateTestRedis,
} from '../testUtils';

describe('ending a connection', () => {
  let folder: string;
  let server: PrivateTestRedis;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'operations-sdk-test-'));
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-nodes', '-days', '2'],
      ...['-pkeyopt', 'ec_paramgen_curve:prime256v1', '-subj', '/CN=localhost'],
      ...['-keyout', key, '-out', cert],
    ]);
    port = await freePort();
    server = await startPrivateRedis([
      ...['--tls-port', `${port}`, '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', cert, '--tls-key-file', key],
      ...['--tls-ca-cert-file', cert],
    ]);
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('may happen at any moment of a TLS handshake that comes to nothing: an error of its socket that nobody hears would end the process', async () => {
    const over: Promise<unknown>[] = [];
    for (let turns = 0; turns < 40; turns++) {
      // the server's certificate is its own word only
      const client = new IORedis({ port, tls: {} });
      client.on('error', () => {});
      over.push(
        new Promise(done => client.once('close', done).once('end', done)),
      );
      for (let n = 0; n < turns; n++) await nextTurn();
      endConnection(client);
    }
    await Promise.all(over);
  });

  it('may happen to one that is open, and again', async () => {
    const client = server.client();
    await client.ping();
    endConnection(client);
    await new Promise(done => client.once('end', done));
    endConnection(client);
    expect(client.status).toBe('end');
  });

  it('may happen the moment a subscriber is back, and renews its subscriptions: a rejection that nothing handled would end the process', async () => {
    const client = new IORedis(server.url, connectionOptions('subscriber'));
    client.on('error', () => {});
    const subscribed = jest.fn();
    await keepSubscribed(client, ['news'], subscribed);

    const again = new Promise<void>(done =>
      subscribed.mockImplementationOnce(done),
    );
    client.disconnect(true);
    await again;
    const message = new Promise(done =>
      client.once('message', (_channel, text) => done(text)),
    );
    await server.client().publish('news', 'after the outage');
    expect(await message).toBe('after the outage');

    const back = new Promise(done => client.once('ready', done));
    client.disconnect(true);
    await back;
    endConnection(client);
    // the server dies before it answers
    client.stream.destroy();
    await new Promise(done => client.once('end', done));
    // what nothing handled is known after one more turn
    await nextTurn();
    expect(subscribed).toHaveBeenCalledTimes(2);
  });
});
