import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a side of a connection has received and not been given yet. */
interface Held {
  due: number;
  chunk: Buffer;
}

interface Pair {
  client: Socket;
  server: Socket;
  /** the stream of a Redis replica */
  replication: boolean;
  held: Buffer[];
}

/** A replica of Redis asks for its stream with this command. */
const PSYNC = Buffer.from('PSYNC');
/** Only the beginning of a connection is searched for it. */
const HANDSHAKE_BYTES = 4_096;

/**
 * A TCP proxy on loopback that can be slow, drop all connections, refuse new ones, and hold back
 * what a replica of Redis is sent. With several servers it is a small load balancer: connections
 * go to them in turn, and to the next one where one refuses.
 */
export class TcpProxy {
  /** so long every byte is on its way, in each direction */
  delayMs = 0;
  /** new connections are dropped at once */
  refuses = false;
  private holds = false;
  private turn = 0;
  private readonly pairs = new Set<Pair>();
  private constructor(
    readonly port: number,
    private readonly server: Server,
    private readonly servers: number[],
  ) {
    server.on('connection', client => {
      client.on('error', () => client.destroy());
      if (this.refuses) client.destroy();
      else this.accept(client);
    });
  }

  /** @param servers - ports on loopback */
  static async open(servers: number[]): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: false, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    return new TcpProxy(port, server, servers);
  }

  dropAll(): void {
    for (const { client, server } of this.pairs) {
      client.destroy();
      server.destroy();
    }
  }

  /** Nothing reaches the replicas of this server from now on; they lag behind. */
  holdReplication(): void {
    this.holds = true;
  }

  /** What is still connected gets what was held; what a dead server had sent is lost. */
  releaseReplication(): void {
    this.holds = false;
    for (const { client, held } of this.pairs) {
      for (const chunk of held.splice(0)) client.write(chunk);
    }
  }

  async close(): Promise<void> {
    this.server.close();
    this.dropAll();
  }

  private async accept(client: Socket) {
    client.pause();
    for (let tried = 0; tried < this.servers.length; tried++) {
      const port = this.servers[this.turn++ % this.servers.length];
      const server = connect({ port, host: '127.0.0.1', noDelay: true });
      const connected = await new Promise<boolean>(resolve => {
        server.once('connect', () => resolve(true));
        server.once('error', () => resolve(false));
      });
      if (connected) {
        this.join(client, server);
        return;
      }
      server.destroy();
    }
    client.destroy();
  }

  private join(client: Socket, server: Socket) {
    const pair: Pair = { client, server, replication: false, held: [] };
    this.pairs.add(pair);
    const end = () => {
      this.pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.on('error', end).on('close', end);
    }
    let looked = 0;
    this.forward(client, server, chunk => {
      if (looked < HANDSHAKE_BYTES) {
        looked += chunk.length;
        if (chunk.includes(PSYNC)) pair.replication = true;
      }
      return true;
    });
    this.forward(server, client, chunk => {
      if (!this.holds || !pair.replication) return true;
      pair.held.push(chunk);
      return false;
    });
    client.resume();
  }

  /** @param passes - whether a chunk is passed on now */
  private forward(
    from: Socket,
    to: Socket,
    passes: (chunk: Buffer) => boolean,
  ) {
    const queue: Held[] = [];
    let timer: NodeJS.Timeout | undefined;
    const flush = () => {
      timer = undefined;
      while (queue.length > 0 && queue[0].due <= performance.now()) {
        to.write(queue.shift()!.chunk);
      }
      if (queue.length > 0) {
        timer = setTimeout(
          flush,
          Math.max(1, queue[0].due - performance.now()),
        );
      }
    };
    from.on('data', (chunk: Buffer) => {
      if (!passes(chunk)) return;
      if (this.delayMs === 0 && queue.length === 0) {
        // as a wire: who reads slowly is sent no more
        if (!to.write(chunk)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
        return;
      }
      queue.push({ due: performance.now() + this.delayMs, chunk });
      timer ??= setTimeout(flush, this.delayMs);
    });
    from.on('close', () => clearTimeout(timer));
  }
}
