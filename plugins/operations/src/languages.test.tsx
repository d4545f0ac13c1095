import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import ts from 'typescript';
import { registerMswTestHooks } from '@backstage/test-utils';
import { mockApis, renderTestApp } from '@backstage/frontend-test-utils';
import type { FrontendFeature } from '@backstage/frontend-plugin-api';
import { handlersFor, TestPlatform } from './__testUtils__';
import { catalog, client } from './__testUtils__/appFeatures';
import plugin from './alpha';
import { capabilities } from './shell/capabilities';
import swedish from './shell/messages.sv';

const DOCS = resolve(__dirname, '../../../docs/customizing.md');

const server = setupServer();
registerMswTestHooks(server);

/** Opens a page in a portal that offers a language and shows it to everybody. */
function openIn(
  language: string,
  path: string,
  features: FrontendFeature[] = [],
) {
  server.use(...handlersFor(new TestPlatform()));
  return renderTestApp({
    features: [plugin, client, catalog, ...features],
    apis: [mockApis.permission()],
    initialRouteEntries: [path],
    config: {
      app: {
        baseUrl: 'http://localhost:3000',
        extensions: [
          {
            'api:app/app-language': {
              config: {
                availableLanguages: ['en', language],
                defaultLanguage: language,
              },
            },
          },
        ],
      },
      backend: { baseUrl: 'http://localhost:7007' },
    },
  });
}

/** The TypeScript blocks below a heading of the docs. */
function blocksBelow(heading: string): string[] {
  const [, section] = readFileSync(DOCS, 'utf8').split(`## ${heading}\n`);
  return [...section.split('\n## ')[0].matchAll(/```tsx?\n([\s\S]*?)```/g)].map(
    ([, code]) => code,
  );
}

/** What a block exports, as a module; `others` are the files that it imports beside packages. */
function exportsOf(code: string, others: Record<string, unknown> = {}) {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
    },
  });
  const module = { exports: {} as Record<string, any> };
  const load = (name: string) =>
    name in others
      ? others[name]
      : jest.requireActual(
          name === '@craft-easy/backstage-plugin-operations' ? './index' : name,
        );
  // eslint-disable-next-line no-new-func
  new Function('module', 'exports', 'require', outputText)(
    module,
    module.exports,
    load,
  );
  return module.exports;
}

describe('the languages of Operations', () => {
  it('[portal.6] are Swedish in tabs, buttons, schedules, dates and the title where the portal is', async () => {
    openIn('sv', '/operations/jobs/bullmq/daily-mrr-rollup');
    expect(
      await screen.findByRole('button', { name: 'Kör daily-mrr-rollup' }),
    ).toBeVisible();
    const [tabs] = screen.getAllByRole('tablist');
    await waitFor(() =>
      expect(
        within(tabs)
          .getAllByRole('tab')
          .map(tab => tab.textContent),
      ).toEqual(capabilities.map(({ path }) => swedish[`pages.${path}`])),
    );
    expect(screen.getAllByText(/^Kl\. 02:15/)[0]).toBeVisible();
    await waitFor(() => expect(document.title).toMatch(/ · Jobb \| /));
  });

  it('[portal.6] word what needs attention, and leave in English what another plugin found', async () => {
    const item = {
      ...{ id: '1', source: 'jobs', kind: 'failing-streak' },
      ...{ severity: 'high', state: 'open', count: 1, actions: [] },
      title: 'Export failed 1,204 times in a row for acme',
      detail: 'target 2 min 30 s',
      words: {
        title: {
          code: 'failing-streak-for',
          values: { job: 'Export', times: 1_204, tenant: 'acme' },
        },
        detail: { code: 'target', values: { target: { ms: 150_000 } } },
      },
      subject: { kind: 'job', ref: 'bullmq/export', title: 'Export' },
      place: { kind: 'page', page: 'jobs' },
      ...{ since: '2026-11-23T10:00:00Z', openedAt: '2026-11-23T10:00:00Z' },
    };
    const others = {
      ...item,
      ...{ id: '2', source: 'acme', title: 'The lift stands still' },
      words: { title: { code: 'lift-stands-still', values: {} } },
      detail: undefined,
    };
    openIn('sv', '/operations');
    server.use(
      http.get('*/api/operations/v1/attention', () =>
        HttpResponse.json({
          items: [item, others],
          totalItems: 2,
          open: { critical: 0, high: 2, normal: 0, low: 0 },
          pageInfo: {},
        }),
      ),
    );
    expect(
      await screen.findByText(
        /^Export har misslyckats 1.204 gånger i rad för acme$/,
      ),
    ).toBeVisible();
    expect(screen.getByText('mål 2 min 30 s')).toBeVisible();
    expect(screen.getByText('The lift stands still')).toBeVisible();
  });

  it('[portal.6] are what a portal adds as the docs say, and English where that says nothing', async () => {
    const [messages, module] = blocksBelow('Add a language');
    const { danish } = exportsOf(module, { './jobs.da': exportsOf(messages) });
    openIn('da', '/operations/jobs/bullmq/daily-mrr-rollup', [danish]);
    expect(
      await screen.findByRole('button', { name: 'Kør daily-mrr-rollup' }),
    ).toBeVisible();
    expect(screen.getAllByText(/^kl 02:15|^Kl\.? 02:15/i)[0]).toBeVisible();
    expect(await screen.findByRole('tab', { name: 'Flags' })).toBeVisible();
  });
});
