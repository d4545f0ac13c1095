import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import type { Upcoming } from '@craft-easy/backstage-plugin-operations-common/internal';
import { seriousViolations } from '../__testUtils__/axe';
import { permissionsHandler } from '../__testUtils__/permissions';
import { renderPage } from '../__testUtils__/renderPage';
import { UpcomingPage } from './UpcomingPage';

const server = setupServer();
registerMswTestHooks(server);

const at = (path: string) => `*/api/operations/v1${path}`;
const inMinutes = (n: number) =>
  new Date(Date.now() + n * 60_000).toISOString();

const UPCOMING: Upcoming = {
  from: inMinutes(0),
  to: inMinutes(1440),
  items: [
    {
      ...{ jobId: 'bullmq/often', jobName: 'often', engine: 'bullmq' },
      ...{ at: inMinutes(1), count: 1439, lastAt: inMinutes(1439) },
      countIsExact: true,
      obstacles: [],
    },
    {
      ...{ jobId: 'bullmq/by-day', jobName: 'by-day', engine: 'bullmq' },
      ...{ at: inMinutes(5), count: 25, lastAt: inMinutes(125) },
      countIsExact: false,
      obstacles: [],
    },
    {
      ...{ jobId: 'bullmq/reminders', jobName: 'reminders', engine: 'bullmq' },
      ...{ at: inMinutes(75), count: 1, tenantCount: 5, p95DurationMs: 42_000 },
      countIsExact: true,
      obstacles: [
        { kind: 'no-worker' },
        { kind: 'maintenance', tenant: 'nordic-gym', until: inMinutes(120) },
      ],
    },
  ],
  jobCount: 3,
  isComplete: true,
  freshness: { state: 'live', asOf: inMinutes(0) },
};

describe('the page of upcoming runs', () => {
  it('[night.9] says what starts in the next 24 hours and what holds it up, and saves it as a calendar', async () => {
    const asked: URLSearchParams[] = [];
    server.use(
      permissionsHandler(),
      http.get(at('/upcoming-runs'), ({ request }) => {
        asked.push(new URL(request.url).searchParams);
        return HttpResponse.json(UPCOMING);
      }),
      http.get(at('/upcoming-runs/calendar'), () =>
        HttpResponse.text('BEGIN:VCALENDAR'),
      ),
    );
    const saved: string[] = [];
    URL.createObjectURL = () => 'blob:calendar';
    URL.revokeObjectURL = () => {};
    const click = jest
      .spyOn(HTMLAnchorElement.prototype, 'click')
      .mockImplementation(function save(this: HTMLAnchorElement) {
        saved.push(this.download);
      });
    const { user, query } = await renderPage(
      <UpcomingPage />,
      '/operations/runs/upcoming',
    );
    expect(
      await screen.findByText(
        '3 jobs start in the next 24 hours · 1 of them is held up',
      ),
    ).toBeVisible();
    expect(asked[0].get('hours')).toBe('24');
    const table = within(screen.getByRole('table', { name: 'Upcoming runs' }));
    expect(table.getByText('1,439 times')).toBeVisible();
    expect(table.getByText('at least 25 times')).toBeVisible();
    expect(
      table.getByText(
        /^No live worker announces it · Maintenance of nordic-gym until /,
      ),
    ).toBeVisible();
    expect(await seriousViolations()).toEqual([]);

    await user.click(screen.getByRole('button', { name: 'Calendar file' }));
    await waitFor(() => expect(saved).toEqual(['upcoming-runs.ics']));
    click.mockRestore();

    await user.click(screen.getByRole('button', { name: /^Within/ }));
    await user.click(screen.getByRole('checkbox', { name: '7 days' }));
    expect(query().get('hours')).toBe('168');
    await waitFor(() => expect(asked.at(-1)!.get('hours')).toBe('168'));
  });

  it('[night.9] says until when starts are listed, where there are too many, and asks again only when jobs change', async () => {
    const asked: Array<string | null> = [];
    server.use(
      permissionsHandler(),
      http.get(at('/upcoming-runs'), ({ request }) => {
        asked.push(new URL(request.url).searchParams.get('hours'));
        return HttpResponse.json({ ...UPCOMING, listedUntil: inMinutes(80) });
      }),
    );
    const { user, signals } = await renderPage(
      <UpcomingPage />,
      '/operations/runs/upcoming',
    );
    expect(
      await screen.findByText(/^The first 3 starts, until .*\d\d:\d\d/),
    ).toBeVisible();
    signals.send({ changed: 'runs' });
    await user.click(screen.getByRole('button', { name: /^Within/ }));
    await user.click(screen.getByRole('checkbox', { name: '7 days' }));
    await waitFor(() => expect(asked).toEqual(['24', '168']));
    signals.send({ changed: 'jobs' });
    await waitFor(() => expect(asked).toEqual(['24', '168', '168']));
  });

  it('[truth.3] says what starts, also where a search finds none of it', async () => {
    server.use(
      permissionsHandler(),
      http.get(at('/upcoming-runs'), ({ request }) =>
        HttpResponse.json(
          new URL(request.url).searchParams.has('search')
            ? { ...UPCOMING, items: [], jobCount: 0 }
            : UPCOMING,
        ),
      ),
    );
    await renderPage(<UpcomingPage />, '/operations/runs/upcoming?search=none');
    expect(
      await screen.findByText('No job that starts by then matches the search'),
    ).toBeVisible();
    expect(
      await screen.findByText(/^3 jobs start in the next 24 hours/),
    ).toBeVisible();
    expect(screen.queryByText(/No schedule starts a job/)).toBeNull();
  });
});
