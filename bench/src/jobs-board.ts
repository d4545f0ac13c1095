/**
 * The peer of the inventory: one page of bull-board's `/api/queues` (50 jobs of one queue), over
 * a thousand queues of ten jobs each.
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { Queue } from 'bullmq';
import express from 'express';
import { Redis } from 'ioredis';

const QUEUES = 1_000;
const JOBS = 10;
const ROUNDS = 20;

/** Milliseconds of an answer, and its size in bytes, gzipped. */
export interface BoardFigures {
  queues: number;
  p50: number;
  p95: number;
  gzip: number;
}

/** @param url - of the Redis to fill, and to empty again */
export async function measureBoard(url: string): Promise<BoardFigures> {
  const prefix = `bench-${randomUUID().slice(0, 8)}`;
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queues = Array.from(
    { length: QUEUES },
    (_, i) => new Queue(`queue-${i}`, { connection, prefix }),
  );
  for (const queue of queues) {
    await queue.addBulk(
      Array.from({ length: JOBS }, (_, i) => ({ name: 'run', data: { i } })),
    );
  }
  const serverAdapter = new ExpressAdapter();
  createBullBoard({
    queues: queues.map(queue => new BullMQAdapter(queue)),
    serverAdapter,
  });
  const server = express().use(serverAdapter.getRouter()).listen(0);
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const times: number[] = [];
  let gzip = 0;
  for (let i = 0; i < ROUNDS + 3; i++) {
    const began = performance.now();
    const answer = await fetch(
      `http://127.0.0.1:${port}/api/queues?activeQueue=queue-0&status=waiting&page=1&jobsPerPage=50`,
    );
    const text = await answer.text();
    if (!answer.ok) throw new Error(`bull-board: ${text}`);
    if (i >= 3) times.push(performance.now() - began);
    gzip = gzipSync(text).length;
  }
  server.close();
  for (let cursor = '0'; ; ) {
    const [next, keys] = await connection.scan(
      cursor,
      'MATCH',
      `${prefix}:*`,
      'COUNT',
      5_000,
    );
    if (keys.length) await connection.unlink(...keys);
    if (next === '0') break;
    cursor = next;
  }
  await Promise.all(queues.map(queue => queue.close()));
  connection.disconnect();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))];
  return { queues: QUEUES, p50: at(0.5), p95: at(0.95), gzip };
}
