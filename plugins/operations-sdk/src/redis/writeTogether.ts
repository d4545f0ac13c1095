import { Cluster } from 'ioredis';
import type { RedisClient } from './script';

/** So many commands leave together at most: while Redis works on some, we make the next ones. */
const MOST_TOGETHER = 8;

/** What is needed of a socket. */
interface Corkable {
  write(...args: any[]): boolean;
  cork(): void;
  uncork(): void;
}

/**
 * Lets commands of one turn of the event loop leave in a few writes instead of one write each: a
 * worker that ends fifty runs in a turn is otherwise busy mostly with the system's calls, and so is
 * Redis. Order, replies and what happens on a lost connection stay as they are.
 */
export function writeTogether(client: RedisClient): void {
  if (client instanceof Cluster) {
    client.on('+node', writeTogether);
    client.nodes().forEach(writeTogether);
    return;
  }
  // each connection has a socket of its own
  client.on('connect', () => gatherWrites(client.stream));
}

/** Makes a socket gather what is written to it within a turn, eight writes at most. */
export function gatherWrites(socket: Corkable): void {
  const write = socket.write.bind(socket);
  let gathered = 0;
  const flush = () => {
    if (gathered > 0) {
      gathered = 0;
      socket.uncork();
    }
  };
  socket.write = (...args) => {
    if (gathered === 0) {
      socket.cork();
      // after the turn's promises have run, and with them the commands that they send
      process.nextTick(flush);
    }
    gathered += 1;
    const more = write(...args);
    if (gathered === MOST_TOGETHER) flush();
    return more;
  };
}
