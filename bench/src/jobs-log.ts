/**
 * The time from `ctx.log` in a worker to the open page, the time until a short and a long log are
 * open, and the size of what pages download. Runs the whole stack, and measures in Chromium.
 *
 * Runs alone: `npm run bench -- jobs-log`. Needs Chromium (CHROMIUM_PATH, or /usr/bin/chromium)
 * and the built frontend, which `npm test` builds.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Page } from 'playwright-core';
import { defineJob, startWorker } from '@craft-easy/operations-sdk/jobs';
import {
  launchBrowser,
  openPage,
  signInAs,
} from '../../packages/stories/src/browser';
import { apiAs } from '../../packages/stories/src/people';
import { startStack } from '../../packages/stories/src/stack';
import { until } from '../../packages/stories/src/until';
import { firstDownload, firstVisit } from '../../packages/stories/src/bundle';

/** Milliseconds, and what they are compared with. */
export interface LogFigures {
  /** from `ctx.log` to the line's place in the page */
  lineP50: number;
  lineP95: number;
  /** Milliseconds until the last line is shown: of a log of 100 lines, and of one of 100,000. */
  openShort: number;
  openLong: number;
  /** kB (gzipped) that the plugin adds to the first download of any page */
  firstDownload: number;
  /** kB (gzipped) of scripts that the first visit to a page asks for, by page */
  firstVisit: Record<string, number>;
}

const LINES = 100;
const LINE_EVERY_MS = 110;
const SHORT = 100;
const LONG = 100_000;
const ROUNDS = 7;
const PAGES = [
  '/operations',
  '/operations/jobs',
  '/operations/jobs/bullmq/weekly-license-renewal-reminder',
];
const REASON = 'measured by this benchmark';

const jobs = [
  defineJob({
    name: 'bench-live-log',
    owner: 'group:default/platform',
    parameters: { type: 'object', properties: {} },
    handler: async ctx => {
      // until the page is open
      await wait(5_000);
      for (let i = 0; i < LINES; i++) {
        ctx.log(`sent ${Date.now()}`);
        await wait(LINE_EVERY_MS);
      }
    },
  }),
  defineJob({
    name: 'bench-long-log',
    owner: 'group:default/platform',
    parameters: {
      type: 'object',
      properties: { lines: { type: 'integer' } },
    },
    handler: async ctx => {
      const { lines } = ctx.parameters as { lines: number };
      for (let n = 1; n <= lines; n++) {
        ctx.log(n === lines ? 'the last line' : `line ${n} of many`);
        if (n % 500 === 0) await new Promise(setImmediate);
      }
    },
  }),
];

/** Notes when each text that matches is first in the document. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = new Map<string, number>();
    Object.assign(window, { seenTexts: seen });
    const look = () => {
      for (const row of Array.from(
        document.querySelectorAll('[aria-label="Log lines"] [data-index]'),
      )) {
        const text = /sent \d+|the last line/.exec(row.textContent ?? '')?.[0];
        if (text && !seen.has(text)) seen.set(text, Date.now());
      }
    };
    new MutationObserver(look).observe(document, {
      childList: true,
      subtree: true,
      characterData: true,
    });
  });
}

function seenIn(page: Page): Promise<Array<[string, number]>> {
  return page.evaluate(() => [
    ...(window as unknown as { seenTexts: Map<string, number> }).seenTexts,
  ]);
}

/** Both measures, on a stack of their own. */
export async function measureLog(): Promise<LogFigures> {
  const stack = await startStack();
  const browser = await launchBrowser();
  const connection = new Redis(stack.redisUrl);
  const worker = startWorker({ jobs, connection });
  try {
    await worker.ready;
    const { client } = await apiAs(stack.url, 'oskar.operator');
    await until(
      'the jobs in the inventory',
      () => client.call('GET /jobs', { query: { search: 'bench-' } }),
      page => page.totalItems === jobs.length,
    );
    const page = await openPage(browser);
    await watch(page);
    await signInAs(page, stack.url, 'oskar.operator', '/operations/jobs');

    const runOf = async (name: string, parameters: object) => {
      const { run } = await client.call('POST /jobs/:engine/:name/runs', {
        params: { engine: 'bullmq', name },
        body: { reason: REASON, parameters: { ...parameters } },
        idempotencyKey: randomUUID(),
      });
      return run.id;
    };
    const addressOf = (name: string, id: string) =>
      `${stack.url}/operations/jobs/bullmq/${name}?run=${encodeURIComponent(
        id,
      )}`;
    const ended = (id: string) =>
      until(
        'the run to end',
        () => client.call('GET /runs/:id', { params: { id } }),
        run => run.status === 'succeeded',
        120_000,
      );

    const live = await runOf('bench-live-log', {});
    await page.goto(addressOf('bench-live-log', live));
    await ended(live);
    await wait(2_000);
    const delays = (await seenIn(page))
      .filter(([text]) => text.startsWith('sent '))
      .map(([text, at]) => at - Number(text.slice('sent '.length)))
      .sort((a, b) => a - b);
    if (delays.length < LINES) {
      throw new Error(`${delays.length} of ${LINES} lines were seen`);
    }

    const short = await runOf('bench-long-log', { lines: SHORT });
    await ended(short);
    const long = await runOf('bench-long-log', { lines: LONG });
    await ended(long);
    const openTime = async (id: string) => {
      const began = Date.now();
      await page.goto(addressOf('bench-long-log', id));
      for (;;) {
        const [found] = await seenIn(page);
        if (found) return found[1] - began;
        await wait(10);
      }
    };
    const times = { short: [] as number[], long: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      times.short.push(await openTime(short));
      times.long.push(await openTime(long));
    }
    const kB = (bytes: number) => Number((bytes / 1000).toFixed(1));
    const visits: LogFigures['firstVisit'] = {};
    for (const path of PAGES) {
      await firstVisit(page, () => page.goto(`${stack.url}/settings`));
      visits[path] = kB(
        await firstVisit(page, () =>
          page.evaluate(to => {
            window.history.pushState({}, '', to);
            window.dispatchEvent(new PopStateEvent('popstate'));
          }, path),
        ),
      );
    }
    const at = (list: number[], share: number) =>
      list.sort((a, b) => a - b)[Math.floor(share * (list.length - 1))];
    return {
      lineP50: at(delays, 0.5),
      lineP95: at(delays, 0.95),
      openShort: at(times.short, 0.5),
      openLong: at(times.long, 0.5),
      firstDownload: kB(firstDownload()),
      firstVisit: visits,
    };
  } finally {
    await worker.close({ force: true });
    connection.disconnect();
    await browser.close();
    await stack.stop();
  }
}

/** As lines of a table: measure, ours, peer, ratio, goal. */
export function logRows(figures: LogFigures): string[] {
  const { lineP50, lineP95, openShort, openLong } = figures;
  const visits = Object.entries(figures.firstVisit).map(
    ([path, size]) =>
      `| first visit to \`${path}\`, kB gzipped | ${size} | – | – | ≤ 140 |`,
  );
  return [
    `| \`ctx.log\` to the open page, ms p50 / p95 | ${lineP50} / ${lineP95} | – | – | p95 ≤ 1,000 |`,
    `| a log of 100,000 lines opens, ms (peer: one of 100) | ${openLong} | ${openShort} | ${(
      openLong / openShort
    ).toFixed(2)} | about 1 |`,
    `| added to a portal's first download, kB gzipped | ${figures.firstDownload} | – | – | ≤ 10 |`,
    ...visits,
  ];
}

if (require.main === module) {
  measureLog().then(
    figures => process.stdout.write(`${logRows(figures).join('\n')}\n`),
    error => {
      process.stderr.write(`${error.stack}\n`);
      process.exitCode = 1;
    },
  );
}
