import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
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

  it.each([
    [
      'a permission',
      403,
      { code: 'permission-missing', values: { permission: 'x.y' } },
      'Du saknar behörigheten x.y för detta',
    ],
    [
      'a field',
      400,
      {
        code: 'field-too-long',
        values: { field: 'query.search', limit: 1200 },
      },
      /^query.search: får ha högst 1.200 tecken$/,
    ],
    [
      'a state',
      409,
      {
        code: 'control-ended',
        values: { end: { at: '2020-03-01T12:00:00Z' } },
      },
      /^Det upphörde .*2020/,
    ],
    [
      'the pace',
      429,
      { code: 'too-many-actions', values: { limit: 300, seconds: 5 } },
      /^Man får göra 300 åtgärder i minuten här; försök igen om 5 s/,
    ],
    [
      'Redis',
      503,
      {
        code: 'redis-says',
        values: { why: { code: 'away-full', values: {} } },
      },
      /^Plattformens Redis är full och tar inte emot något nytt/,
    ],
    [
      'an approval',
      409,
      {
        code: 'approval-rights-changed',
        values: {
          changed: {
            code: 'approval-not-in-groups',
            values: { person: 'user:default/ada', groups: 'group:default/ops' },
          },
        },
      },
      /har ändrats sedan dess: user:default\/ada tillhör enligt katalogen inte group:default\/ops/,
    ],
    [
      'a newer backend',
      409,
      { code: 'of-tomorrow', values: {} },
      'What the API says',
    ],
    [
      'a newer backend, in a part of the sentence',
      503,
      {
        code: 'redis-says',
        values: { why: { code: 'away-of-tomorrow', values: {} } },
      },
      /^What the API says/,
    ],
  ])(
    '[portal.6] say in Swedish what the backend refuses, or its English where they do not know it: %s',
    async (_, status, message, text) => {
      openIn('sv', '/operations/flags');
      const error = {
        name: 'Error',
        message: 'What the API says',
        words: { message },
      };
      server.use(
        http.get('*/api/operations/v1/flags', () =>
          HttpResponse.json(
            { error, response: { statusCode: status } },
            { status },
          ),
        ),
      );
      expect((await screen.findAllByText(text))[0]).toBeVisible();
    },
  );

  it('[portal.6] say in Swedish why an action is off, a promise is broken and the platform is away', async () => {
    const platform = new TestPlatform();
    const [job] = platform.jobs;
    const detail = platform.detail(job);
    const said = (code: string, values = {}) => ({ code, values });
    openIn('sv', `/operations/jobs/${job.engine}/${job.name}`);
    server.use(
      http.get(`*/api/operations/v1/jobs/${job.engine}/${job.name}`, () =>
        HttpResponse.json({
          ...detail,
          actions: {
            ...detail.actions,
            run: {
              allowed: false,
              rule: 'state',
              reason: 'In English',
              words: { reason: said('job-silent') },
            },
          },
          sla: {
            state: 'breached',
            rules: [
              {
                rule: 'failure-streak',
                state: 'breached',
                text: 'In English',
                words: {
                  text: said('sla-streak', { count: 4, threshold: 2 }),
                },
              },
            ],
          },
          abilities: {
            ...detail.abilities,
            log: { able: false, because: 'In English' },
          },
          words: { abilities: { log: said('because-elsewhere') } },
          freshness: {
            ...detail.freshness,
            state: 'stale',
            reason: 'In English',
            words: {
              reason: said('redis-away-since', {
                since: { at: '2020-03-01T12:00:00Z' },
              }),
            },
          },
        }),
      ),
    );
    fireEvent.click(
      await screen.findByRole('button', { name: `Kör ${job.name}` }),
    );
    expect(
      await screen.findByText(
        'Ingen worker anmäler jobbet längre: ingen skulle köra det',
      ),
    ).toBeInTheDocument();
    expect(
      screen.getAllByText(
        /de senaste 4 körningarna misslyckades, larm från 2 i rad/,
      ),
    ).not.toEqual([]);
    expect(
      screen.getByText(/dess egen schemaläggare startar det/),
    ).toBeInTheDocument();
    expect(
      screen.getByText(/Plattformens Redis går inte att nå sedan .*2020/),
    ).toBeInTheDocument();
    expect(screen.queryByText(/In English/)).toBeNull();
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
