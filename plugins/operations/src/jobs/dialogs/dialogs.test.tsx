import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { Route, Routes } from 'react-router-dom';
import { registerMswTestHooks } from '@backstage/test-utils';
import {
  errorAnswer,
  handlersFor,
  iso,
  TestPlatform,
} from '../../__testUtils__';
import { seriousViolations } from '../../__testUtils__/axe';
import { renderPage } from '../../__testUtils__/renderPage';
import { JobPage } from '../job/JobPage';
import { fill } from '../../__testUtils__/fill';

const server = setupServer();
registerMswTestHooks(server);

const REMINDER = 'weekly-license-renewal-reminder';

interface Posted {
  path: string;
  key: string | null;
  body: any;
}

/** Opens a job's page; what is posted is kept, and answered by `answer` or else by the platform. */
async function open(
  name: string,
  options: {
    query?: string;
    platform?: TestPlatform;
    answer?: (n: number) => Response | Promise<Response> | undefined;
  } = {},
) {
  const platform = options.platform ?? new TestPlatform();
  const posted: Posted[] = [];
  server.use(
    http.post('*/api/operations/v1/*', async ({ request }) => {
      posted.push({
        path: new URL(request.url).pathname.replace('/api/operations/v1', ''),
        key: request.headers.get('idempotency-key'),
        body: await request.clone().json(),
      });
      return options.answer?.(posted.length);
    }),
    ...handlersFor(platform),
  );
  const page = await renderPage(
    <Routes>
      <Route path="/operations/jobs/:engine/:name" element={<JobPage />} />
    </Routes>,
    `/operations/jobs/bullmq/${name}${options.query ?? ''}`,
  );
  return { ...page, platform, posted };
}

async function openDialog(user: any, button: RegExp, title: RegExp) {
  await user.click(await screen.findByRole('button', { name: button }));
  return within(await screen.findByRole('dialog', { name: title }));
}

const REASON = 'Customer asked for it';

describe('running a job by hand', () => {
  it('says what will happen, asks why, and links to the run and its audit row', async () => {
    const { user, posted, platform } = await open('churn-score');
    const dialog = await openDialog(
      user,
      /^Run churn-score/,
      /^Run churn-score$/,
    );
    expect(
      dialog.getByText(/Queues a run now, in addition to its schedule/),
    ).toBeVisible();
    await fill(
      user,
      await dialog.findByRole('textbox', { name: /Reason/ }),
      REASON,
    );
    await user.click(dialog.getByRole('button', { name: 'Run' }));
    const done = await screen.findByText(/churn-score is queued/);
    expect(posted).toEqual([
      {
        path: '/jobs/bullmq/churn-score/runs',
        key: expect.stringMatching(/^[\w-]{20,}$/),
        body: { reason: REASON },
      },
    ]);
    const links = within(done.closest('[role="status"]')!);
    expect(links.getByRole('link', { name: 'Open run' })).toHaveAttribute(
      'href',
      `/operations/jobs/bullmq/churn-score?run=${platform.runs[0].id}`,
    );
    expect(links.getByRole('link', { name: 'Audit entry' })).toHaveAttribute(
      'href',
      '/operations/audit?job=bullmq%2Fchurn-score&entry=audit-1',
    );
    // and the list knows of it at once
    expect(
      await within(screen.getByRole('table', { name: 'Runs' })).findByText(
        'queued',
      ),
    ).toBeVisible();
  });

  it('has one effect when Enter is pressed twice and the button clicked as well', async () => {
    let release = () => {};
    const held = new Promise<void>(resolve => (release = resolve));
    const { user, posted, platform } = await open('churn-score', {
      answer: () => held.then(() => undefined) as Promise<any>,
    });
    const before = platform.runs.length;
    const dialog = await openDialog(
      user,
      /^Run churn-score/,
      /^Run churn-score$/,
    );
    const reason = await dialog.findByRole('textbox', { name: /Reason/ });
    await user.type(reason, `${REASON}{Enter}{Enter}`);
    await user.dblClick(dialog.getByRole('button', { name: 'Run' }));
    release();
    await screen.findByText(/churn-score is queued/);
    expect(posted).toHaveLength(1);
    expect(platform.runs).toHaveLength(before + 1);
  });

  it('tries again under the same key after the network failed, and under another after the input was refused', async () => {
    const { user, posted } = await open('churn-score', {
      answer: n => {
        if (n === 1) return HttpResponse.error();
        if (n === 2)
          return errorAnswer(503, 'ServiceUnavailableError', 'Redis is away');
        if (n === 3) return errorAnswer(400, 'InputError', 'reason: too vague');
        return undefined;
      },
    });
    const dialog = await openDialog(
      user,
      /^Run churn-score/,
      /^Run churn-score$/,
    );
    await fill(
      user,
      await dialog.findByRole('textbox', { name: /Reason/ }),
      REASON,
    );
    const run = dialog.getByRole('button', { name: 'Run' });
    await user.click(run);
    expect(await dialog.findByText(/The backend did not answer/)).toBeVisible();
    await user.click(run);
    expect(await dialog.findByText('Redis is away')).toBeVisible();
    expect(dialog.getByRole('alert')).toHaveTextContent('req-7f3a9c51-84d2');
    await user.click(run);
    expect(await dialog.findByText('reason: too vague')).toBeVisible();
    // what was typed is kept
    expect(dialog.getByRole('textbox', { name: /Reason/ })).toHaveValue(REASON);
    await user.click(run);
    await screen.findByText(/churn-score is queued/);
    const keys = posted.map(p => p.key);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('does not send a reason that is too short, and says so', async () => {
    const { user, posted } = await open('churn-score');
    const dialog = await openDialog(
      user,
      /^Run churn-score/,
      /^Run churn-score$/,
    );
    const reason = await dialog.findByRole('textbox', { name: /Reason/ });
    await user.type(reason, '  why  {Enter}');
    expect(
      dialog.getByText(/Give a reason of at least 8 characters/),
    ).toBeVisible();
    expect(reason).toHaveFocus();
    expect(posted).toHaveLength(0);
  });

  it('offers the reasons given last', async () => {
    const { user } = await open('churn-score');
    let dialog = await openDialog(
      user,
      /^Run churn-score/,
      /^Run churn-score$/,
    );
    await fill(
      user,
      await dialog.findByRole('textbox', { name: /Reason/ }),
      REASON,
    );
    await user.keyboard('{Enter}');
    await screen.findByText(/churn-score is queued/);
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    dialog = await openDialog(user, /^Run churn-score/, /^Run churn-score$/);
    await user.click(await dialog.findByRole('button', { name: REASON }));
    expect(dialog.getByRole('textbox', { name: /Reason/ })).toHaveValue(REASON);
  });

  it('sends tenant, dry run and time range in the zone they were meant in', async () => {
    const { user, posted } = await open('tenant-usage-export');
    const dialog = await openDialog(
      user,
      /^Run tenant-usage-export/,
      /^Run tenant/,
    );
    await fill(
      user,
      await dialog.findByRole('textbox', { name: /Reason/ }),
      REASON,
    );
    await user.click(dialog.getByRole('button', { name: 'Run' }));
    expect(
      await dialog.findByText('Choose the tenants to run it for.'),
    ).toBeVisible();
    expect(posted).toHaveLength(0);

    await user.click(dialog.getByRole('button', { name: /Tenant/ }));
    await user.click(await screen.findByRole('option', { name: 'borealis' }));
    await user.keyboard('{Escape}');
    const from = dialog.getByLabelText('From');
    const to = dialog.getByLabelText('To (not included)');
    await user.type(from, '2026-11-23T00:00');
    await user.type(to, '2026-11-22T00:00');
    await user.click(dialog.getByRole('button', { name: 'Run' }));
    expect(
      await dialog.findByText('It must begin before it ends.'),
    ).toBeVisible();
    await user.clear(to);
    await user.type(to, '2026-11-24T00:00');
    await user.click(dialog.getByRole('button', { name: /Time zone/ }));
    await user.click(await screen.findByRole('option', { name: 'UTC' }));
    await user.click(dialog.getByRole('checkbox', { name: /Dry run/ }));
    expect(
      dialog.getByText(/Queues a dry run for tenant borealis now/),
    ).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Dry run' }));
    await screen.findByText(/is queued\./);
    expect(posted[0].body).toEqual({
      reason: REASON,
      tenant: 'borealis',
      dryRun: true,
      timeRange: {
        from: '2026-11-23T00:00:00.000Z',
        to: '2026-11-24T00:00:00.000Z',
      },
    });
  });

  describe('for several tenants', () => {
    const openFor = async (
      options: Parameters<typeof open>[1],
      ...tenants: string[]
    ) => {
      const page = await open('tenant-usage-export', options);
      const { user } = page;
      const dialog = await openDialog(
        user,
        /^Run tenant-usage-export/,
        /^Run tenant/,
      );
      const choose = async (...names: string[]) => {
        await user.click(dialog.getByRole('button', { name: /Tenants/ }));
        for (const name of names) {
          await user.click(await screen.findByRole('option', { name }));
        }
        await user.keyboard('{Escape}');
      };
      await choose(...tenants);
      await fill(
        user,
        await dialog.findByRole('textbox', { name: /Reason/ }),
        REASON,
      );
      const press = () =>
        user.click(dialog.getByRole('button', { name: 'Run' }));
      const sent = () => page.posted.map(p => p.body.tenant);
      return { ...page, dialog, choose, press, sent };
    };
    const waiting = (id: string) =>
      HttpResponse.json(
        {
          approval: {
            id,
            action: 'job.run',
            expiresAt: iso(Date.now() + 60_000),
          },
        },
        { status: 202 },
      );

    it('[truth.18] runs for several tenants at once, and after a failure again for none that was done', async () => {
      const { dialog, press, sent, posted } = await openFor(
        { answer: n => (n === 2 ? HttpResponse.error() : undefined) },
        ...['acme', 'borealis'],
      );
      expect(
        dialog.getByText(/Queues 2 runs now, one for each tenant/),
      ).toBeVisible();
      await press();
      expect(
        await dialog.findByText(/The backend did not answer/),
      ).toBeVisible();
      expect(
        dialog.getByText('Queued already, and not queued again: acme.'),
      ).toBeVisible();
      await press();
      await screen.findByText(/2 runs of tenant-usage-export are queued/);
      expect(sent()).toEqual(['acme', 'borealis', 'borealis']);
      const keys = posted.map(p => p.key);
      expect(keys[2]).toBe(keys[1]);
      expect(keys[1]).not.toBe(keys[0]);
    });

    it('[truth.18] queues nothing twice after the input was refused for one', async () => {
      const { dialog, press, sent, posted, platform } = await openFor(
        {
          answer: n =>
            n === 3
              ? errorAnswer(400, 'InputError', 'reason: too vague')
              : undefined,
        },
        ...['acme', 'borealis', 'cumulus'],
      );
      const before = platform.runs.length;
      await press();
      expect(await dialog.findByText('reason: too vague')).toBeVisible();
      expect(
        dialog.getByText(/not queued again: acme and borealis\./),
      ).toBeVisible();
      await press();
      await screen.findByText(/3 runs of tenant-usage-export are queued/);
      expect(sent()).toEqual(['acme', 'borealis', 'cumulus', 'cumulus']);
      expect(new Set(posted.map(p => p.key)).size).toBe(4);
      expect(platform.runs).toHaveLength(before + 3);
      // all of them take their place in the list, and are marked
      const runs = within(screen.getByRole('table', { name: 'Runs' }));
      expect(await runs.findAllByText('queued')).toHaveLength(3);
    });

    it('sends for the next tenant under a key of its own where the first was removed after an error', async () => {
      const { dialog, choose, press, sent, posted } = await openFor(
        { answer: n => (n === 1 ? HttpResponse.error() : undefined) },
        ...['acme', 'borealis'],
      );
      await press();
      await dialog.findByText(/The backend did not answer/);
      await choose('acme');
      await press();
      await screen.findByText(/tenant-usage-export is queued/);
      expect(sent()).toEqual(['acme', 'borealis']);
      expect(posted[1].key).not.toBe(posted[0].key);
    });

    it('counts the runs that are queued and those that wait for a second person apart', async () => {
      const { press } = await openFor(
        { answer: n => (n === 1 ? waiting('a1') : undefined) },
        ...['acme', 'borealis', 'cumulus'],
      );
      await press();
      const said = await screen.findByText(
        /2 runs of tenant-usage-export are queued, 1 not yet: a second person must approve/,
      );
      const links = within(said.closest('[role="status"]')!);
      expect(links.getByRole('link', { name: 'Approval' })).toHaveAttribute(
        'href',
        '/operations/approvals?approval=a1',
      );
    });

    it('says of how many nothing is done yet where all wait for a second person', async () => {
      const { press } = await openFor(
        { answer: n => waiting(`a${n}`) },
        ...['acme', 'borealis'],
      );
      await press();
      const said = await screen.findByText(
        /Not done yet: a second person must approve each of 2 by/,
      );
      const links = within(said.closest('[role="status"]')!);
      expect(links.getByRole('link', { name: 'Approvals' })).toHaveAttribute(
        'href',
        '/operations/approvals',
      );
    });
  });

  it('asks for parameters by the schema of the job, and sends none that it forbids', async () => {
    const { user, posted } = await open(REMINDER);
    const dialog = await openDialog(user, /^Run weekly/, /^Run weekly/);
    const days = await dialog.findByRole('spinbutton', { name: /Days ahead/ });
    expect(days).toHaveValue(30);
    await user.clear(days);
    await user.type(days, '500');
    await fill(user, dialog.getByRole('textbox', { name: /Reason/ }), REASON);
    await user.click(dialog.getByRole('button', { name: 'Run' }));
    expect(await dialog.findByText('must be <= 90')).toBeVisible();
    expect(posted).toHaveLength(0);
    await user.clear(days);
    await user.type(days, '14');
    await user.click(dialog.getByRole('button', { name: 'Run' }));
    await screen.findByText(/is queued\./);
    expect(posted[0].body).toEqual({
      reason: REASON,
      parameters: { daysAhead: 14, template: 'reminder-v3' },
    });
  });

  it('closes with Escape, and the focus returns to the button', async () => {
    const { user } = await open('churn-score');
    await openDialog(user, /^Run churn-score/, /^Run churn-score$/);
    await user.keyboard('{Escape}');
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    expect(
      screen.getByRole('button', { name: /^Run churn-score/ }),
    ).toHaveFocus();
  });

  it('[truth.20] has the focus in its first field, and after a refused attempt in the first that has a problem', async () => {
    const { user, posted } = await open('tenant-usage-export');
    const dialog = await openDialog(
      user,
      /^Run tenant-usage-export/,
      /^Run tenant/,
    );
    const tenant = dialog.getByRole('button', { name: /Tenant/ });
    await waitFor(() => expect(tenant).toHaveFocus());
    await user.click(dialog.getByRole('textbox', { name: /Reason/ }));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(tenant).toHaveFocus());
    await user.keyboard('{Enter}');
    await user.click(await screen.findByRole('option', { name: 'borealis' }));
    await user.keyboard('{Escape}');
    await user.click(dialog.getByRole('button', { name: 'Run' }));
    await waitFor(() =>
      expect(dialog.getByRole('textbox', { name: /Reason/ })).toHaveFocus(),
    );
    expect(posted).toHaveLength(0);
  });

  it('has no serious violation of accessibility', async () => {
    const { user } = await open(REMINDER);
    const dialog = await openDialog(user, /^Run weekly/, /^Run weekly/);
    await dialog.findByRole('spinbutton', { name: /Days ahead/ });
    expect(await seriousViolations()).toEqual([]);
  });
});

describe('a run that the address opens', () => {
  it('[truth.20] gives the focus to the page when it is closed', async () => {
    const platform = new TestPlatform();
    const { user } = await open(REMINDER, {
      platform,
      query: `?run=${platform.runsOf(REMINDER)[0].id}`,
    });
    await screen.findByRole('dialog', { name: 'Run' });
    await user.keyboard('{Escape}');
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    await waitFor(() => expect(document.body).not.toHaveFocus());
  });
});

describe('retrying a run', () => {
  it('keeps the parameters unless they are adjusted, and shows what differs before', async () => {
    const platform = new TestPlatform();
    const failed = platform.runsOf(REMINDER)[0];
    const { user, posted } = await open(REMINDER, {
      platform,
      query: `?run=${failed.id}`,
    });
    const dialog = await openDialog(user, /^Retry weekly/, /^Retry weekly/);
    expect(
      dialog.getByText(/^It gets the same parameters: daysAhead 30/),
    ).toBeVisible();
    const days = await dialog.findByRole('spinbutton', { name: /Days ahead/ });
    await user.clear(days);
    await user.type(days, '45');
    expect(await dialog.findByText(/It gets other parameters/)).toBeVisible();
    const diff = within(dialog.getByRole('table', { name: 'Parameters' }));
    expect(diff.getByText('30').tagName).toBe('DEL');
    expect(diff.getByText('45').tagName).toBe('INS');
    await fill(user, dialog.getByRole('textbox', { name: /Reason/ }), REASON);
    await user.keyboard('{Enter}');
    expect(await screen.findByText(/a new run is queued\./)).toBeVisible();
    expect(posted[0]).toMatchObject({
      path: `/runs/${failed.id}/retry`,
      body: {
        reason: REASON,
        parameters: { daysAhead: 45, template: 'reminder-v3' },
      },
    });
    // the run that failed links to its retry
    expect(
      await screen.findByRole('link', { name: platform.runs[0].id }),
    ).toBeVisible();
  });

  it('sends no parameters where none were changed', async () => {
    const platform = new TestPlatform();
    const failed = platform.runsOf(REMINDER)[0];
    const { user, posted } = await open(REMINDER, {
      platform,
      query: `?run=${failed.id}`,
    });
    const dialog = await openDialog(user, /^Retry weekly/, /^Retry weekly/);
    await dialog.findByRole('spinbutton', { name: /Days ahead/ });
    await fill(user, dialog.getByRole('textbox', { name: /Reason/ }), REASON);
    await user.keyboard('{Enter}');
    await screen.findByText(/a new run is queued\./);
    expect(posted[0].body).toEqual({ reason: REASON });
  });
});

describe('[truth.2] retrying a run without touching anything', () => {
  const SCHEMA = {
    type: 'object',
    properties: {
      daysAhead: { type: 'integer', default: 30 },
      since: { type: 'string', format: 'date-time' },
      tags: { type: 'array', items: { type: 'string' }, minItems: 2 },
      note: { type: ['string', 'null'], default: 'none' },
      target: {
        oneOf: [
          {
            type: 'object',
            properties: { mail: { type: 'string', default: 'all@x' } },
            additionalProperties: false,
          },
          {
            type: 'object',
            properties: { hook: { type: 'string' } },
            required: ['hook'],
            additionalProperties: false,
          },
        ],
      },
    },
    additionalProperties: false,
  };
  const GIVEN = {
    since: '2026-11-01T00:00:00Z',
    tags: ['one'],
    note: null,
    target: { hook: 'https://x' },
  };

  async function retry(parameters: Record<string, unknown> | undefined) {
    const platform = new TestPlatform();
    platform.job(REMINDER)!.parametersSchema = SCHEMA;
    const failed = platform.runsOf(REMINDER)[0];
    failed.parameters = parameters;
    const page = await open(REMINDER, { platform, query: `?run=${failed.id}` });
    const drawer = within(await screen.findByRole('dialog', { name: 'Run' }));
    await page.user.click(
      await drawer.findByRole('button', { name: /^Retry weekly/ }),
    );
    const dialog = within(
      await screen.findByRole('dialog', { name: /^Retry weekly/ }),
    );
    const days = await dialog.findByRole('spinbutton', { name: /daysAhead/ });
    const send = async () => {
      await fill(
        page.user,
        dialog.getByRole('textbox', { name: /Reason/ }),
        REASON,
      );
      await page.user.click(dialog.getByRole('button', { name: 'Retry' }));
      await screen.findByText(/a new run is queued\./);
      return page.posted[0].body;
    };
    return { ...page, dialog, days, send };
  }

  it('says that they are the same where the first run had the defaults, and sends none', async () => {
    const { dialog, days, send } = await retry(undefined);
    expect(days).toHaveValue(30);
    expect(
      dialog.getByText(
        'It gets the same parameters: daysAhead 30 (default) and note "none" (default).',
      ),
    ).toBeVisible();
    expect(dialog.queryByText(/other parameters/)).toBeNull();
    expect(await send()).toEqual({ reason: REASON });
  });

  it('takes nothing that a form makes of null, a date, a list or an alternative for a change', async () => {
    const { dialog, send } = await retry(GIVEN);
    expect(dialog.queryByText(/other parameters/)).toBeNull();
    expect(await send()).toEqual({ reason: REASON });
  });

  it('sends what nobody touched as it was when another parameter is changed', async () => {
    const given = { ...GIVEN, tags: ['one', 'two'] };
    const { user, dialog, days, send } = await retry(given);
    await user.clear(days);
    await user.type(days, '45');
    expect(await dialog.findByText(/It gets other parameters/)).toBeVisible();
    expect(await send()).toEqual({
      reason: REASON,
      parameters: { ...given, daysAhead: 45 },
    });
  });

  it('names a parameter that the job no longer has, and can be sent', async () => {
    const { dialog, send } = await retry({ daysAhead: 14, region: 'eu' });
    expect(
      dialog.getByText(
        'region is left out: the job no longer has this parameter.',
      ),
    ).toBeVisible();
    expect(await send()).toEqual({ reason: REASON });
  });
});

describe('cancelling a run', () => {
  it('asks a running one to stop, and claims no more than that', async () => {
    const platform = new TestPlatform();
    platform.add(platform.job('full-data-export')!, {
      id: 'export-1',
      status: 'running',
      tenant: 'acme',
      startedAt: iso(Date.now() - 5000),
    });
    const { user, posted } = await open('full-data-export', {
      platform,
      query: '?run=export-1',
    });
    const dialog = await openDialog(
      user,
      /^Cancel full-data-export/,
      /^Cancel the run of full/,
    );
    expect(dialog.getByText('It runs for tenant acme.')).toBeVisible();
    expect(
      dialog.getByText(/shows as cancelling until the worker confirms/),
    ).toBeVisible();
    await fill(user, dialog.getByRole('textbox', { name: /Reason/ }), REASON);
    await user.keyboard('{Enter}');
    expect(
      await screen.findByText(/the worker was asked to stop/),
    ).toBeVisible();
    expect(posted[0]).toMatchObject({
      path: '/runs/export-1/cancel',
      body: { reason: REASON },
    });
    const drawer = within(await screen.findByRole('dialog', { name: 'Run' }));
    expect(await drawer.findByText('cancelling')).toBeVisible();
  });
});
