import {
  fireEvent,
  render,
  screen,
  waitFor,
  within,
} from '@testing-library/react';
import { createTheme } from '@material-ui/core/styles';
import { delay, http, HttpResponse } from 'msw';
import type { Entity } from '@backstage/catalog-model';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import { TestApiProvider } from '@backstage/test-utils';
import {
  OperationsClient,
  type MaintenanceWindow,
} from '@craft-easy/backstage-plugin-operations-common';
import { errorAnswer } from '../__testUtils__';
import { seriousViolations } from '../__testUtils__/axe';
import {
  HOUR,
  at,
  iso,
  onePage,
  pagePortal,
  pathOf,
} from '../__testUtils__/pagePortal';
import { permissionsHandler } from '../__testUtils__/permissions';
import { mayClick, renderPage } from '../__testUtils__/renderPage';
import { InEnglish, tOf } from '../__testUtils__/translate';
import { operationsApiRef } from '@craft-easy/backstage-plugin-operations-react';
import { EntityTenantControlsCard } from '../controls/entity';
import { TENANT_ANNOTATION } from '../entities';
import { MaintenanceNotice } from './MaintenanceNotice';
import { MaintenancePage } from './MaintenancePage';
import { maintenanceMessages } from './messages';
import { scopeText } from './words';
import { fill } from '../__testUtils__/fill';

const server = pagePortal();
const t = tOf(maintenanceMessages);

const aWindow = (
  patch: Partial<MaintenanceWindow> = {},
): MaintenanceWindow => ({
  id: 'w1',
  scope: { kind: 'tenant', tenant: 'acme' },
  mode: 'offline',
  startsAt: iso(-HOUR / 2),
  endsAt: iso(HOUR / 2),
  plannedEndsAt: iso(HOUR / 2),
  timezone: 'Europe/Stockholm',
  messages: { en: 'We move house' },
  holdJobs: true,
  state: 'active',
  overrunning: false,
  endedEarly: false,
  createdAt: iso(-HOUR),
  createdBy: 'user:default/ada.admin',
  reason: 'the disk is replaced',
  published: true,
  ...patch,
});
const PLANNED = aWindow({
  id: 'w2',
  scope: { kind: 'platform' },
  mode: 'read-only',
  startsAt: iso(3 * HOUR),
  endsAt: iso(4 * HOUR),
  state: 'scheduled',
});

function aPortal(windows: MaintenanceWindow[]) {
  const sent: Array<{ path: string; body: unknown }> = [];
  const note = async (request: Request) => {
    sent.push({
      path: pathOf(request),
      body: await request.json(),
    });
    return HttpResponse.json({ window: aWindow(), auditId: 'a1' });
  };
  server.use(
    permissionsHandler(),
    http.get(at('/maintenance'), async ({ request }) => {
      const query = new URL(request.url).searchParams;
      const tenant = query.get('tenant');
      const items = windows
        .filter(w => query.getAll('state').includes(w.state))
        .filter(w => !tenant || scopeText(t, w.scope) === tenant);
      await delay(20);
      return onePage(items);
    }),
    http.post(at('/maintenance'), ({ request }) => note(request)),
    http.post(at('/maintenance/w1/end'), ({ request }) => note(request)),
    http.get(at('/rate-limit-overrides'), () => onePage([])),
  );
  return sent;
}

const open = (query = '') =>
  renderPage(<MaintenancePage />, `/operations/maintenance${query}`);

describe('page of maintenance', () => {
  it('[truth.3] says who is in it though another tenant is searched for', async () => {
    aPortal([aWindow()]);
    await open('?tenant=nordic-gym');
    expect(await screen.findByText('acme is offline')).toBeVisible();
    // those in force and those of the past answer one after the other
    await waitFor(() =>
      expect(
        screen.getAllByText('No maintenance windows match these filters'),
      ).toHaveLength(2),
    );
    expect(screen.queryByText(/^No maintenance now/)).not.toBeInTheDocument();
  });

  it('answers who is in it and up to when, with a line of time, and ends it now', async () => {
    const sent = aPortal([aWindow(), PLANNED]);
    const { user } = await open();
    expect(
      await screen.findByText('acme is offline · 1 planned'),
    ).toBeVisible();
    expect(
      screen.getByRole('img', {
        name: /acme offline from .*; the whole platform read-only from/,
      }),
    ).toBeVisible();
    const table = within(
      screen.getByRole('table', { name: 'Active and planned maintenance' }),
    );
    expect(table.getByRole('timer')).toHaveTextContent(/left/);
    expect(await seriousViolations()).toEqual([]);
    await user.click(await mayClick('button', 'End now: maintenance of acme'));
    const dialog = within(await screen.findByRole('dialog'));
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'the disk is in',
    );
    await user.click(dialog.getByRole('button', { name: 'End now' }));
    await screen.findByText('Maintenance of acme ended.');
    expect(sent).toEqual([
      { path: '/maintenance/w1/end', body: { reason: 'the disk is in' } },
    ]);
  });

  it('[truth.13] takes a tenant that was never seen only with a tick', async () => {
    const sent = aPortal([]);
    server.use(
      http.get(at('/known/tenant'), async ({ request }) => {
        const search = new URL(request.url).searchParams.get('search') ?? '';
        await delay(30);
        const items = ['nordic-gym', 'alpine-spa']
          .filter(name => name.includes(search))
          .map(name => ({ name, seenIn: ['jobs'] }));
        return HttpResponse.json({ items, away: [] });
      }),
    );
    const { user } = await open('?begin=1');
    const dialog = within(await screen.findByRole('dialog'));
    const tenant = dialog.getByRole('combobox', { name: /Tenant/ });
    await fill(user, tenant, 'nordic-gim');
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'the disk is replaced',
    );
    expect(
      await dialog.findByText(
        '“nordic-gim” was never seen: no job, no request, no entity',
      ),
    ).toBeVisible();
    const begin = dialog.getByRole('button', { name: 'Begin' });
    await user.click(begin);
    expect(sent).toEqual([]);
    await user.clear(tenant);
    await fill(user, tenant, 'nordic-gym');
    await waitFor(() =>
      expect(dialog.queryByText(/was never seen/)).toBeNull(),
    );
    await user.clear(tenant);
    await fill(user, tenant, 'brand-new');
    await user.click(
      await dialog.findByRole('checkbox', {
        name: 'Use “brand-new” nevertheless',
      }),
    );
    await user.click(begin);
    await waitFor(() =>
      expect(sent).toMatchObject([
        { body: { scope: { kind: 'tenant', tenant: 'brand-new' } } },
      ]),
    );
  });

  it('[truth.14] shows what can be done about an active window without a hover', async () => {
    aPortal([aWindow()]);
    await open();
    const end = await mayClick('button', 'End now: maintenance of acme');
    // the styles themselves are not evaluated here: those that hide buttons have another name
    expect(end.closest('[class*="shownActions"]')).not.toBeNull();
  });

  it('[truth.4] says of past windows when they were, how long, and who ended them why; a cancelled one never began', async () => {
    aPortal([
      aWindow({
        ...{ id: 'w3', state: 'ended', endedEarly: true },
        ...{ startsAt: iso(-3 * HOUR), endsAt: iso(-2 * HOUR) },
        ...{ changedBy: 'user:default/alva.admin', changeReason: 'all done' },
      }),
      aWindow({
        ...{ id: 'w4', state: 'cancelled', endedEarly: true },
        ...{ startsAt: iso(3 * HOUR), endsAt: iso(-HOUR) },
        ...{ changedBy: 'user:default/ada.admin', changeReason: 'not needed' },
      }),
    ]);
    await open();
    const past = await screen.findByRole('table', { name: 'Past maintenance' });
    await within(past).findByText(/all done/);
    const [, early, cancelled] = within(past).getAllByRole('row');
    expect(early).toHaveTextContent(/\d\d:\d\d–.*\(1 h\)/);
    expect(early).toHaveTextContent(/Ended early, by alva.admin .*all done/);
    expect(cancelled).toHaveTextContent(/Planned for \d+ \w+ \d{4}, \d\d:\d\d/);
    expect(cancelled).toHaveTextContent(
      /Cancelled before it began, by ada.admin .*not needed/,
    );
    expect(cancelled).not.toHaveTextContent(/ended/i);
  });

  it('plans a window with a message per language, and shows the banner as users will see it', async () => {
    const sent = aPortal([]);
    const { user } = await open('?begin=1&tenant=acme');
    const dialog = within(await screen.findByRole('dialog'));
    fireEvent.change(dialog.getByLabelText('Begins at'), {
      target: { value: '2099-01-01T22:00:00' },
    });
    await fill(
      user,
      dialog.getByRole('textbox', { name: 'Message to users' }),
      'We move house',
    );
    expect(
      dialog.getByRole('note', { name: 'Preview of the banner' }),
    ).toHaveTextContent(/Read-only for maintenance.*We move house until/);
    await user.click(dialog.getByRole('button', { name: 'Add a language' }));
    const [, language] = dialog.getAllByRole('textbox', { name: 'Language' });
    await fill(
      user,
      dialog.getByRole('textbox', { name: 'Message to users ()' }),
      'Vi flyttar',
    );
    await user.type(language, 'en');
    expect(dialog.getAllByText(/already has a message/)).toHaveLength(2);
    await user.clear(language);
    await user.type(language, 'sv');
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'the house is moved',
    );
    expect(await seriousViolations()).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Plan' }));
    await screen.findByText('Maintenance of acme planned.');
    expect(sent[0].body).toMatchObject({
      scope: { kind: 'tenant', tenant: 'acme' },
      mode: 'read-only',
      messages: { en: 'We move house', sv: 'Vi flyttar' },
      announceAt: expect.any(String),
    });
  });

  it('says what there could be while there is none', async () => {
    aPortal([]);
    await open();
    expect(
      await screen.findByText('No maintenance now, and none planned'),
    ).toBeVisible();
  });
});

describe('notice of maintenance', () => {
  const there = (fixed: boolean, address: string) =>
    renderPage(<MaintenanceNotice fixed={fixed} />, address);

  it('tells operators what is in force and what is near, and can be hidden where it covers a page', async () => {
    aPortal([
      PLANNED,
      aWindow(),
      aWindow({ id: 'far', state: 'scheduled', startsAt: iso(48 * HOUR) }),
    ]);
    const { user } = await there(true, '/catalog');
    const notice = within(
      await screen.findByRole('status', { name: 'Maintenance' }),
    );
    expect(
      notice
        .getAllByText(/is offline|will be read-only/)
        .map(e => e.textContent),
    ).toEqual(['acme is offline', 'The whole platform will be read-only']);
    expect(notice.getByText(/30 min left/)).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
    await user.click(
      notice.getByRole('button', { name: 'Hide until something changes' }),
    );
    expect(
      screen.queryByRole('status', { name: 'Maintenance' }),
    ).not.toBeInTheDocument();
  });

  it('[truth.14] lies below dialogs, whose buttons it would cover', async () => {
    aPortal([aWindow()]);
    await there(true, '/catalog');
    const notice = await screen.findByRole('status', { name: 'Maintenance' });
    // the styles of a test's elements are not computed from their classes
    const heights = [...document.styleSheets]
      .flatMap(sheet => [...sheet.cssRules] as CSSStyleRule[])
      .filter(rule => rule.style?.zIndex && notice.matches(rule.selectorText))
      .map(rule => Number(rule.style.zIndex));
    expect(heights).toHaveLength(1);
    expect(heights[0]).toBeLessThan(createTheme().zIndex.modal);
  });

  it('stands above the pages of Operations, but not twice', async () => {
    aPortal([aWindow()]);
    await there(false, '/operations/jobs');
    expect(
      await screen.findByRole('status', { name: 'Maintenance' }),
    ).toBeVisible();
  });

  it.each([
    [true, '/operations/jobs'],
    [false, '/operations/maintenance'],
  ])('leaves what tells it anyhow alone (%s, %s)', async (fixed, address) => {
    let asked = 0;
    server.use(
      permissionsHandler(),
      http.get(at('/maintenance'), () => {
        asked += 1;
        return onePage([]);
      }),
    );
    await there(fixed, address);
    expect(
      screen.queryByRole('status', { name: 'Maintenance' }),
    ).not.toBeInTheDocument();
    expect(asked).toBe(0);
  });
});

describe('the card on the page of a tenant', () => {
  it('shows its maintenance and its limit', async () => {
    aPortal([aWindow()]);
    const entity: Entity = {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Resource',
      metadata: {
        name: 'tenant-acme',
        annotations: { [TENANT_ANNOTATION]: 'acme' },
      },
    };
    await renderPage(
      <EntityProvider entity={entity}>
        <EntityTenantControlsCard />
      </EntityProvider>,
      '/catalog/default/resource/tenant-acme',
    );
    expect(await screen.findByText('No overrides')).toBeVisible();
    expect(await screen.findByRole('timer')).toHaveTextContent(/left/);
    expect(screen.getByText(/offline/i)).toBeVisible();
    expect(
      screen.getByRole('link', { name: 'Recent actions' }),
    ).toHaveAttribute('href', '/operations/audit?tenant=acme');
  });

  it('stays silent on the sign-in page, where there is neither a user nor a route', async () => {
    let asked = 0;
    server.use(
      http.get(at('/permissions/mine'), () => {
        asked += 1;
        return errorAnswer(401, 'AuthenticationError', 'Missing credentials');
      }),
    );
    const client = new OperationsClient({
      discoveryApi: { getBaseUrl: async id => `http://localhost/api/${id}` },
      fetchApi: { fetch: (input, init) => fetch(input, init) },
    });
    const { container } = render(
      <TestApiProvider apis={[[operationsApiRef, client]]}>
        <MaintenanceNotice fixed />
      </TestApiProvider>,
      { wrapper: InEnglish },
    );
    await waitFor(() => expect(asked).toBeGreaterThan(0));
    expect(container).toBeEmptyDOMElement();
  });
});
