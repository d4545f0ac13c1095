import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { within } from '@craft-easy/backstage-plugin-operations-node/testUtils';

/** A receiver that de-duplicates by message id and counts. */
export interface TestReceiver {
  url: string;
  /** status of its answers */
  status: number;
  /** per message id: how often it was accepted */
  accepted: Map<string, number>;
  requests: number;
  /**
   * Resolves as soon as a condition holds, looked at with each request.
   * @throws Error with what was received, where it does not come to hold
   */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startReceiver(delayMs = 0): Promise<TestReceiver> {
  const waiting = new Set<() => void>();
  const receiver: TestReceiver = {
    url: '',
    status: 204,
    accepted: new Map(),
    requests: 0,
    until: condition => {
      const holds = new Promise<void>(resolve => {
        const look = () => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
      return within(
        () =>
          `${condition}; seen: ${receiver.requests} requests, ${receiver.accepted.size} deliveries accepted`,
        holds,
        60_000,
      );
    },
    close: async () => {},
  };
  const count = (request: IncomingMessage) => {
    const id = String(request.headers['webhook-id']);
    receiver.accepted.set(id, (receiver.accepted.get(id) ?? 0) + 1);
  };
  const server = createServer((request, response) => {
    receiver.requests += 1;
    request.resume().on('end', () => {
      const { status } = receiver;
      if (status < 300) count(request);
      const answer = () => response.writeHead(status).end();
      if (delayMs) setTimeout(answer, delayMs);
      else answer();
      for (const look of [...waiting]) look();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  receiver.close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return receiver;
}
