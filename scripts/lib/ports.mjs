import { connect, createServer } from 'node:net';
import { Sentence } from './log.mjs';

/** A port that nothing listens on now, chosen by the system. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Ports looked at after the wanted one before giving up. */
const NEIGHBOURS = 50;

/** The wanted port, or the next one above it that is free. */
export async function freePortFrom(wanted) {
  for (let port = wanted; port <= wanted + NEIGHBOURS; port++) {
    if (await isFree(port)) return port;
  }
  throw new Sentence(
    `Ports ${wanted} to ${
      wanted + NEIGHBOURS
    } are all taken; say PORT=… to choose another.`,
  );
}

/** Free on every address by which a browser may look for "localhost". */
async function isFree(port) {
  if (!(await canListen(port, '127.0.0.1'))) return false;
  if (await answers(port, '::1')) return false;
  return canListen(port, '0.0.0.0');
}

function canListen(port, host) {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}

function answers(port, host) {
  return new Promise(resolve => {
    const socket = connect({ port, host });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * Waits until an address answers as it should.
 * @param {string} url
 * @param {{timeoutMs: number, signal?: AbortSignal, ok?: (response: Response) => boolean}} options
 */
export async function untilAnswers(url, options) {
  const { timeoutMs, signal, ok = response => response.ok } = options;
  const end = Date.now() + timeoutMs;
  let last = 'no answer';
  while (Date.now() < end) {
    if (signal?.aborted) throw signal.reason;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      await response.arrayBuffer();
      if (ok(response)) return;
      last = `status ${response.status}`;
    } catch (error) {
      last = error.cause?.code || error.message;
    }
    await new Promise(resolve => setTimeout(resolve, 150));
  }
  throw new Sentence(
    `${url} was not ready after ${Math.round(timeoutMs / 1000)} s (${last}).`,
  );
}

/** How long a server may take to start. */
const READY_MS = 60_000;

/**
 * Waits until a server that was just started answers a request.
 * @param {string} name - of the server, for the error
 * @param {{tail(): string, exited: Promise<string>}} handle - its process
 * @param {{port: number, request: string | Buffer, answer: RegExp}} probe
 */
export async function untilServes(name, handle, probe) {
  const end = Date.now() + READY_MS;
  let ended;
  handle.exited.then(how => {
    ended = how;
  });
  while (!(await serves(probe))) {
    if (ended || Date.now() > end) {
      const why = ended ?? 'no answer';
      throw new Error(`${handle.tail()}\n${name} did not start (${why}).`);
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

function serves({ port, request, answer }) {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' });
    const done = good => {
      socket.destroy();
      resolve(good);
    };
    socket.setTimeout(2_000, () => done(false));
    socket.on('error', () => done(false));
    socket.on('connect', () => socket.write(request));
    socket.on('data', data => done(answer.test(String(data))));
  });
}
