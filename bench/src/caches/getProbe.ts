/**
 * Another client of the cache: a GET every millisecond, each timed. Prints JSON at its end.
 * Arguments: port, seconds (0: until its parent ends it).
 */
import { createConnection } from 'node:net';
import { performance } from 'node:perf_hooks';

const socket = createConnection(Number(process.argv[2]), '127.0.0.1');
socket.setNoDelay(true);
const COMMAND = '*2\r\n$3\r\nGET\r\n$8\r\nprobe:it\r\n';
const latencies: number[] = [];
let sentAt = 0;

function send() {
  sentAt = performance.now();
  socket.write(COMMAND);
}

socket.on('connect', () => {
  process.stdout.write('ready\n');
  send();
});
socket.on('data', () => {
  const took = performance.now() - sentAt;
  latencies.push(took);
  setTimeout(send, 1);
});
process.on('message', () => {
  latencies.sort((a, b) => a - b);
  const at = (q: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))];
  process.send!({
    n: latencies.length,
    p50: at(0.5),
    p99: at(0.99),
    max: latencies[latencies.length - 1],
  });
  process.exit(0);
});
