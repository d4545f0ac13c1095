/**
 * How much later a command starts with the wrapper than in a plain shell, beside the start of Node,
 * which `npx` adds. From the start of the process to the time that the command itself reads, so
 * that what its output passes through on its way does not count.
 *
 * Runs alone: `npm run bench -- checkin-start [--starts 300]`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { option, startBench } from './cli';

const STARTS = Number(option('starts') ?? 300);
const DATE = ['date', '+%s%N'];
const WRAPPER = require.resolve(
  '@craft-easy/operations-run/bin/operations-run',
);

async function startOf(
  [program, ...args]: string[],
  spool: string,
): Promise<number> {
  const began = performance.timeOrigin + performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, OPERATIONS_SPOOL: spool },
  });
  let printed = '';
  child.stdout!.on('data', part => {
    printed += part;
  });
  await once(child, 'close');
  return Number(printed) / 1e6 - began;
}

startBench(async () => {
  const spool = mkdtempSync(join(tmpdir(), 'bench-spool-'));
  const ways: Record<string, string[]> = {
    'a plain shell': ['sh', '-c', 'exec date +%s%N'],
    'operations-run': [WRAPPER, '--job', 'bench', '--', ...DATE],
    'operations-run --no-log': [
      ...[WRAPPER, '--job', 'bench', '--no-log', '--', ...DATE],
    ],
    node: [process.execPath, '-e', 'console.log(`${Date.now()}000000`)'],
  };
  const took = new Map(Object.keys(ways).map(way => [way, [] as number[]]));
  for (let i = 0; i < STARTS; i++) {
    for (const [way, command] of Object.entries(ways)) {
      took.get(way)!.push(await startOf(command, spool));
    }
  }
  rmSync(spool, { recursive: true });
  const rows = [...took].map(([way, times]) => {
    times.sort((a, b) => a - b);
    const at = (share: number) =>
      Number(times[Math.floor(times.length * share)].toFixed(1));
    return { way, 'p50 ms': at(0.5), 'p99 ms': at(0.99) };
  });
  console.table(rows);
});
