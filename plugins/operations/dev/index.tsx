/**
 * The pages against a small platform in memory: `yarn start` in this package. This is for work on
 * the pages only; the portal in `packages/app` shows the pages against the real backend.
 *
 * `?viewer` shows the pages to a user who may only read, `?empty` as on the first day, `?slow` with
 * a slow backend and `?broken` with a failing one.
 */
// this file is an app of its own, the only place where the styles come from
// eslint-disable-next-line @backstage/no-ui-css-imports-in-non-frontend
import '@backstage/ui/css/styles.css';
import { useEffect } from 'react';
import ReactDOM from 'react-dom/client';
import { getResponse, http } from 'msw';
import { UserIdentity } from '@backstage/core-components';
import type { SignInPageProps } from '@backstage/core-plugin-api';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  createFrontendModule,
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { OperationsClient } from '@craft-easy/backstage-plugin-operations-common';
import operationsPlugin from '../src/alpha';
import { operationsApiRef } from '@craft-easy/backstage-plugin-operations-react';
import {
  errorAnswer,
  handlersFor,
  iso,
  TestPlatform,
} from '../src/__testUtils__';

const mode = new URLSearchParams(window.location.search);
const platform = new TestPlatform(
  Date.now(),
  mode.has('empty') ? [] : undefined,
);
if (mode.has('viewer')) platform.role = 'viewer';
if (mode.has('stale')) platform.redisAwaySince = iso(Date.now() - 40_000);
if (!mode.has('empty')) {
  const running = platform.add(platform.job('full-data-export')!, {
    id: 'full-data-export.live',
    status: 'running',
    tenant: 'acme',
    trigger: 'manual',
    triggeredBy: 'user:default/anna.larsson',
    reason: 'GDPR request 4711 of the customer',
    startedAt: iso(Date.now() - 65_000),
    progress: 12,
  });
  const log = platform.log(running);
  setInterval(() => {
    if (running.status !== 'running') return;
    running.progress = Math.min(99, (running.progress ?? 0) + 0.2);
    log.push(`exported ${log.length * 250} of 210,000 rows`);
  }, 700);
  const long = platform.add(platform.job('webhook-digest')!, {
    id: 'webhook-digest.long',
    status: 'succeeded',
    startedAt: iso(Date.now() - 200_000),
    endedAt: iso(Date.now() - 100_000),
    durationMs: 100_000,
  });
  platform.logs.set(
    long.id,
    Array.from({ length: 100_000 }, (_, i) =>
      i % 997 === 0
        ? `error: line ${i + 1} went wrong`
        : `line ${i + 1}: all is well`,
    ),
  );
  platform.noteAction({
    actor: 'user:default/anna.larsson',
    action: 'job.run',
    target: 'run:full-data-export.live',
    jobId: 'bullmq/full-data-export',
    tenant: 'acme',
    reason: 'GDPR request 4711 of the customer',
    outcome: 'succeeded',
    requestId: 'req-7f3a9c51-84d2',
  });
  platform.noteAction({
    actor: 'user:default/jonas.berg',
    action: 'job.run',
    target: 'job:bullmq/daily-mrr-rollup',
    jobId: 'bullmq/daily-mrr-rollup',
    reason: 'Numbers look low, trying once more',
    outcome: 'refused',
    error: 'The contract of daily-mrr-rollup says manualRun: false',
  });
}

const handlers = mode.has('broken')
  ? [
      http.all('*', () =>
        errorAnswer(503, 'ServiceUnavailableError', 'The database is away'),
      ),
    ]
  : handlersFor(platform);

const fetchApi = {
  fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
    await new Promise(resolve =>
      setTimeout(resolve, mode.has('slow') ? 600_000 : 60),
    );
    const response = await getResponse(handlers, new Request(input, init));
    return response ?? new Response(null, { status: 404 });
  },
};

const mockedApi = createFrontendModule({
  pluginId: 'operations',
  extensions: [
    ApiBlueprint.make({
      params: define =>
        define({
          api: operationsApiRef,
          deps: {},
          factory: () =>
            new OperationsClient({
              discoveryApi: {
                getBaseUrl: async id => `${window.location.origin}/api/${id}`,
              },
              fetchApi,
            }),
        }),
    }),
  ],
});

/** Stands in for the catalog, so that links to entities lead somewhere. */
const entities = createFrontendPlugin({
  pluginId: 'catalog',
  extensions: [
    PageBlueprint.make({
      params: {
        path: '/catalog/:namespace/:kind/:name',
        routeRef: entityRouteRef,
        loader: async () => <p>An entity of the catalog</p>,
      },
    }),
  ],
});

function SignedIn(props: SignInPageProps) {
  const { onSignInSuccess } = props;
  useEffect(
    () => onSignInSuccess(UserIdentity.createGuest()),
    [onSignInSuccess],
  );
  return null;
}

const signIn = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SignInPageBlueprint.make({ params: { loader: async () => SignedIn } }),
  ],
});

const app = createApp({
  features: [operationsPlugin, mockedApi, entities, signIn],
});

ReactDOM.createRoot(document.getElementById('root')!).render(app.createRoot());
