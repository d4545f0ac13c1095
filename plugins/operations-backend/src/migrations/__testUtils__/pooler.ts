import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Start-up parameters that PgBouncer knows; others it refuses, or leaves out where it shall. */
const KNOWN = new Set([
  ...['user', 'database', 'client_encoding', 'application_name'],
  ...['datestyle', 'timezone', 'standard_conforming_strings'],
]);
const DISCARD_ALL = message('Q', Buffer.from('DISCARD ALL\0'));

/**
 * What PgBouncer in transaction mode does to a client, on the wire in front of a real PostgreSQL:
 * of the start-up parameters only those that PgBouncer knows come through, and after each
 * transaction the session is as new, as if the next one had another connection to the server.
 */
export async function startPooler(
  server: { host: string; port: number },
  options: { ignoreStartupParameters: boolean },
) {
  const sockets = new Set<Socket>();
  const listener = createServer(client => {
    const upstream = connect(server.port, server.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let started = false;
    let discarding = false;
    let held: Buffer[] = [];
    client.on('data', chunk => {
      if (!started) {
        started = true;
        const { kept, refused } = startup(chunk);
        if (refused.length && !options.ignoreStartupParameters) {
          const text = `unsupported startup parameter: ${refused[0]}`;
          client.end(message('E', Buffer.from(`SFATAL\0C08P01\0M${text}\0\0`)));
          return;
        }
        upstream.write(kept);
      } else if (discarding) held.push(chunk);
      else upstream.write(chunk);
    });
    let rest: Buffer = Buffer.alloc(0);
    upstream.on('data', chunk => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
        const end = 1 + rest.readInt32BE(1);
        const one = rest.subarray(0, end);
        rest = rest.subarray(end);
        const isReady = one[0] === 'Z'.charCodeAt(0);
        if (!discarding) client.write(one);
        if (discarding && isReady) {
          discarding = false;
          for (const each of held) upstream.write(each);
          held = [];
        } else if (isReady && one[5] === 'I'.charCodeAt(0)) {
          discarding = true;
          upstream.write(DISCARD_ALL);
        }
      }
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Splits a start-up message into what a pooler hands on, and what it does not know. */
function startup(packet: Buffer): { kept: Buffer; refused: string[] } {
  const words = packet.subarray(8).toString('utf8').split('\0');
  const kept: string[] = [];
  const refused: string[] = [];
  for (let i = 0; i + 1 < words.length && words[i]; i += 2) {
    if (KNOWN.has(words[i].toLowerCase())) kept.push(words[i], words[i + 1]);
    else refused.push(words[i]);
  }
  const body = Buffer.from(`${kept.join('\0')}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  return { kept: Buffer.concat([head, body]), refused };
}
