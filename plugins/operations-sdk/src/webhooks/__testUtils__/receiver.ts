import {
  createServer,
  IncomingHttpHeaders,
  Server,
  ServerResponse,
} from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { within } from '@craft-easy/backstage-plugin-operations-node/testUtils';

/** A request as it arrived. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A tenant's receiver: counts by message id, answers as the test says. */
export interface Receiver {
  url: string;
  requests: Received[];
  /** how often each message id was accepted */
  accepted: Map<string, number>;
  /** most requests that were under way at once */
  mostAtOnce: number;
  answer: (request: Received, response: ServerResponse) => void;
  /**
   * Resolves as soon as a condition holds, looked at with each request.
   * @throws Error with what was received, where it does not come to hold
   */
  until(condition: () => boolean, withinMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a receiver on a free port; it accepts everything at first. */
export async function startReceiver(
  host = '127.0.0.1',
  port = 0,
): Promise<Receiver> {
  const waiting = new Set<() => void>();
  let atOnce = 0;
  const receiver: Receiver = {
    url: '',
    requests: [],
    accepted: new Map(),
    mostAtOnce: 0,
    answer: (_request, response) => response.writeHead(204).end(),
    until: (condition, withinMs) => {
      const holds = new Promise<void>(resolve => {
        const look = () => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
      const { requests, accepted } = receiver;
      return within(
        () =>
          `${condition}; seen: ${requests.length} requests, ${accepted.size} deliveries accepted`,
        holds,
        withinMs,
      );
    },
    close: async () => {},
  };
  const server: Server = createServer((request, response) => {
    atOnce += 1;
    receiver.mostAtOnce = Math.max(receiver.mostAtOnce, atOnce);
    response.once('close', () => {
      atOnce -= 1;
    });
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const received = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      receiver.requests.push(received);
      response.once('finish', () => {
        if (response.statusCode < 300) {
          const id = String(request.headers['webhook-id']);
          receiver.accepted.set(id, (receiver.accepted.get(id) ?? 0) + 1);
        }
        for (const look of [...waiting]) look();
      });
      receiver.answer(received, response);
    });
  });
  receiver.close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  server.listen(port, host);
  await once(server, 'listening');
  receiver.url = `http://${host}:${
    (server.address() as AddressInfo).port
  }/hook`;
  return receiver;
}
