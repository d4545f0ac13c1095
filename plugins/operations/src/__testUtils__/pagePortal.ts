import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';

export const HOUR = 3_600_000;

/** A path of the API, under any host. */
export const at = (path: string) => `*/api/operations/v1${path}`;

/**
 * A portal for the tests of one page: no action needs a second person, every name is known, and
 * every other answer comes from the test.
 */
export function pagePortal() {
  const server = setupServer(
    http.get(at('/approvals/rules'), () => HttpResponse.json({ items: [] })),
    http.get(at('/known/:kind'), ({ request }) => {
      const name = new URL(request.url).searchParams.get('search');
      const items = name ? [{ name, seenIn: ['jobs'] }] : [];
      return HttpResponse.json({ items, away: [] });
    }),
  );
  registerMswTestHooks(server);
  jest.setTimeout(30_000);
  return server;
}

export const iso = (fromNow: number) =>
  new Date(Date.now() + fromNow).toISOString();

/** A list that has no second page. */
export const onePage = (items: unknown[]) =>
  HttpResponse.json({ items, totalItems: items.length, pageInfo: {} });

/** The path that a page called, below `/v1`. */
export const pathOf = (request: Request) =>
  new URL(request.url).pathname.split('/v1')[1];
