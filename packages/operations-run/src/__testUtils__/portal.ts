import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A report as the portal got it. */
export interface Received {
  path: string;
  authorization?: string;
  fields: Record<string, string>;
}

/** What the portal does with a request. */
export type Mood = (req: IncomingMessage, res: ServerResponse) => void;

const take: Mood = (_, res) => res.writeHead(200).end('{}');

/** The reports' side of a portal: a real HTTP server that answers as a test says. */
export async function startReceiver() {
  const received: Received[] = [];
  let mood = take;
  const server = createServer(async (req, res) => {
    let body = '';
    req.setEncoding('latin1');
    for await (const part of req) body += part;
    received.push({
      path: req.url!,
      authorization: req.headers.authorization,
      fields: Object.fromEntries(new URLSearchParams(body)),
    });
    mood(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    /** those that ended a run and were answered well */
    finishes: () => received.filter(({ path }) => path.endsWith('/finish')),
    be(next: Mood = take) {
      mood = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
