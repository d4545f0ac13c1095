/**
 * Receivers in a process of their own. They answer 204, and note how many requests of each path
 * are under way at once.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const delayMs = Number(process.env.RECEIVER_DELAY_MS ?? 0);
const now = new Map<string, number>();
const most = new Map<string, number>();
let count = 0;

const server = createServer((request, response) => {
  if (request.url === '/figures') {
    response.end(
      JSON.stringify({ count, most: Math.max(0, ...most.values()) }),
    );
    return;
  }
  const path = request.url ?? '';
  const under = (now.get(path) ?? 0) + 1;
  now.set(path, under);
  most.set(path, Math.max(most.get(path) ?? 0, under));
  request.resume().on('end', () => {
    const answer = () => {
      now.set(path, now.get(path)! - 1);
      count += 1;
      response.writeHead(204).end();
    };
    if (delayMs) setTimeout(answer, delayMs);
    else answer();
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => process.exit(0));
