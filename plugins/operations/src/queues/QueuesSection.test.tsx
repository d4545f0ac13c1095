import { screen } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import { at, iso, pagePortal } from '../__testUtils__/pagePortal';
import { renderPage } from '../__testUtils__/renderPage';
import { QueuesSection } from './QueuesSection';

const server = pagePortal();

/** A portal of one job, of whose queues the viewer may see some. */
function aPortal(seen: { queues: number; hidden: number }) {
  const queue = {
    ...{ waiting: 1, active: 1, delayed: 0, workers: 1 },
    ...{ endedLastHour: 2, endedLastDay: 3 },
  };
  server.use(
    http.get(at('/queues/history'), async () => {
      await delay(30);
      return HttpResponse.json({
        bucketMs: 600_000,
        ...seen,
        points: Array.from({ length: 145 }, (_, i) => ({
          at: iso((i - 144) * 600_000),
          ...{ sampled: true, waiting: 0, oldestWaitMs: 0 },
          ended: seen.queues && i === 144 ? 3 : 0,
        })),
      });
    }),
    http.get(at('/service-levels'), () =>
      HttpResponse.json({
        items: [
          {
            ...{ jobId: 'bullmq/mail', engine: 'bullmq', name: 'mail' },
            queue: seen.queues > 0 ? queue : undefined,
            ...{ days7: { runs: 0, met: 0 }, days30: { runs: 0, met: 0 } },
          },
        ],
        ...{ totalItems: 1, pageInfo: {} },
        freshness: { state: 'live', asOf: iso(0) },
      }),
    ),
  );
}

const open = async () => {
  await renderPage(<QueuesSection />, '/operations/attention');
  await screen.findByRole('link', { name: 'mail' });
};

describe('queues and service levels', () => {
  it('[truth.3] are not said to be empty to who may not see queues: neither charts nor columns stand for them', async () => {
    aPortal({ queues: 0, hidden: 3 });
    await open();
    expect(
      await screen.findByText(/^All queues: not shown to you/),
    ).toBeVisible();
    expect(screen.queryByText(/nothing waited|0 runs/)).toBeNull();
    expect(screen.queryByText('Most waiting')).toBeNull();
    expect(screen.queryByRole('columnheader', { name: 'Workers' })).toBeNull();
    expect(
      screen.getByRole('columnheader', { name: 'Met, 7 days' }),
    ).toBeVisible();
  });

  it('[truth.3] are those that one may see, and it says so', async () => {
    aPortal({ queues: 1, hidden: 3 });
    await open();
    expect(
      await screen.findByText(
        'The 1 queue that you may see: nothing waited; 3 runs ended in 24 hours',
      ),
    ).toBeVisible();
    expect(screen.getByRole('columnheader', { name: 'Workers' })).toBeVisible();
  });
});
