import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that a test may cut, and mend. */
export async function startBreakableProxy(to: { host: string; port: number }) {
  const sockets = new Set<Socket>();
  const server = createServer(near => {
    const far = connect(to.port, to.host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(one);
      one.on('error', () => {}).pipe(other);
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port,
    /** Ends every connection, and takes no new one. */
    cut,
    mend: () => listen(port),
    async close() {
      if (server.listening) await cut();
    },
  };
}
