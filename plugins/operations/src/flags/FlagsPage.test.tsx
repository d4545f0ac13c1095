import { screen, waitFor, within } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import type { FlagChange } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Flag } from '@craft-easy/backstage-plugin-operations-common';
import { seriousViolations } from '../__testUtils__/axe';
import { errorAnswer } from '../__testUtils__/handlers';
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
import { FlagsPage } from './FlagsPage';
import { fill } from '../__testUtils__/fill';

const server = pagePortal();

const aFlag = (patch: Partial<Flag> = {}): Flag => ({
  key: 'new-checkout',
  type: 'boolean',
  description: 'The new way to pay',
  owner: 'group:default/growth',
  tags: ['checkout'],
  variants: { on: true, off: false },
  defaultVariant: 'off',
  serving: 'off',
  stale: false,
  source: 'page',
  etag: '"1"',
  createdAt: iso(-HOUR),
  createdBy: 'user:default/ada.admin',
  changedAt: iso(-HOUR),
  changedBy: 'user:default/ada.admin',
  changeReason: 'created for the pilot',
  published: true,
  ...patch,
});

const STATE = {
  description: 'The new way to pay',
  tags: [],
  variants: { on: true, off: false },
  defaultVariant: 'off',
};
const CHANGE: FlagChange = {
  id: 'c2',
  at: iso(-HOUR),
  actor: 'user:default/oskar.operator',
  reason: 'switched on for all',
  kind: 'changed',
  before: { ...STATE, variant: 'off' },
  after: { ...STATE, variant: 'on' },
};

/** A portal with flags; notes what is sent to it, with the state that the sender had seen. */
function aPortal(flags: Flag[]) {
  const sent: Array<{ path: string; ifMatch: string | null; body: unknown }> =
    [];
  const note = async (request: Request) => {
    const body = (await request.json()) as { variant?: string };
    const ifMatch = request.headers.get('if-match');
    sent.push({ path: pathOf(request), ifMatch, body });
    const flag = flags[0];
    if (ifMatch !== flag.etag) {
      return errorAnswer(412, 'PreconditionFailedError', 'changed meanwhile');
    }
    Object.assign(flag, { serving: body.variant ?? 'off', etag: '"9"' });
    return HttpResponse.json({ flag, auditId: 'a1' });
  };
  server.use(
    permissionsHandler(),
    http.get(at('/flags'), async ({ request }) => {
      const search = new URL(request.url).searchParams.get('search') ?? '';
      const items = flags.filter(flag => flag.key.includes(search));
      await delay(20);
      return HttpResponse.json({
        ...{ items, totalItems: items.length, pageInfo: {} },
        totals: {
          flags: flags.length,
          temporary: flags.filter(flag => flag.until).length,
          overdue: flags.filter(flag => flag.stale).length,
        },
      });
    }),
    http.get(at('/flags/:key'), () => HttpResponse.json(flags[0])),
    http.get(at('/flags/:key/history'), () => onePage([CHANGE])),
    http.put(at('/flags/:key'), ({ request }) => note(request)),
    http.post(at('/flags/:key/revert'), ({ request }) => note(request)),
  );
  return sent;
}

const open = (query = '') =>
  renderPage(<FlagsPage />, `/operations/flags${query}`);
const dialogNamed = async (name: string) =>
  within(await screen.findByRole('dialog', { name }));

describe('page of flags', () => {
  it('[truth.3] counts all flags, whatever is searched for', async () => {
    aPortal([aFlag(), aFlag({ key: 'old-import', stale: true })]);
    await open('?search=qqqq');
    expect(
      await screen.findByText('No flags match these filters'),
    ).toBeVisible();
    expect(screen.getByText('2 flags · 1 overdue for removal')).toBeVisible();
  });

  it('answers how many there are, which serve what, up to when, by whom and why', async () => {
    aPortal([
      aFlag({ serving: 'on', until: iso(HOUR), afterVariant: 'off' }),
      aFlag({ key: 'old-search', stale: true }),
    ]);
    await open();
    expect(
      await screen.findByText('2 flags · 1 temporary · 1 overdue for removal'),
    ).toBeVisible();
    const table = within(screen.getByRole('table', { name: 'Global flags' }));
    expect(await table.findByText('new-checkout')).toBeVisible();
    expect(
      table.getByRole('checkbox', { name: 'Switch new-checkout' }),
    ).toBeChecked();
    expect(table.getByText('then off')).toBeVisible();
    expect(table.getByRole('timer')).toHaveTextContent(/left/);
    expect(await seriousViolations()).toEqual([]);
  });

  it('[truth.3] says that a flag keeps serving what it serves, until another variant is chosen', async () => {
    aPortal([aFlag()]);
    const { user } = await open();
    await user.click(
      await mayClick('button', 'Change what new-checkout serves'),
    );
    const dialog = await dialogNamed('Switch new-checkout');
    expect(dialog.getByText(/^Keeps/)).toHaveTextContent('Keeps serving off.');
    expect(dialog.queryByText(/within a second/)).not.toBeInTheDocument();
  });

  it('switches for two hours, with before and after, as the state that was seen', async () => {
    const sent = aPortal([aFlag()]);
    const { user } = await open();
    await user.click(await mayClick('checkbox', 'Switch new-checkout'));
    const dialog = await dialogNamed('Switch new-checkout');
    expect(dialog.getByText(/^Turns/)).toHaveTextContent(
      'Turns on for everybody within a second (now off).',
    );
    await user.click(dialog.getByRole('checkbox', { name: 'Temporarily' }));
    await user.click(dialog.getByRole('button', { name: '2 h' }));
    expect(dialog.getByText(/^Returns to/)).toBeVisible();
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'the pilot of tonight',
    );
    expect(await seriousViolations()).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Switch' }));
    await screen.findByText('new-checkout now serves on.');
    expect(sent).toMatchObject([
      {
        path: '/flags/new-checkout',
        ifMatch: '"1"',
        body: { variant: 'on', reason: 'the pilot of tonight' },
      },
    ]);
    const { until } = sent[0].body as { until: string };
    expect(Date.parse(until) - Date.now()).toBeGreaterThan(1.9 * HOUR);
  });

  it('[controls.6] shows what the other operator did, and takes a second try as one that has seen it', async () => {
    const flags = [aFlag()];
    const sent = aPortal(flags);
    const { user } = await open();
    await user.click(
      await mayClick('button', 'Change what new-checkout serves'),
    );
    const dialog = await dialogNamed('Switch new-checkout');
    flags[0] = aFlag({
      etag: '"2"',
      serving: 'on',
      changedBy: 'user:default/oskar.operator',
      changeReason: 'quicker than you',
    });
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'off it should be',
    );
    await user.click(dialog.getByRole('button', { name: 'Switch' }));
    expect(
      await dialog.findByText('Somebody else changed this flag.'),
    ).toBeVisible();
    expect(dialog.getByText(/quicker than you/)).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Switch' }));
    await screen.findByText('new-checkout now serves off.');
    expect(sent.map(s => s.ifMatch)).toEqual(['"1"', '"2"']);
  });

  it('[truth.14] opens the history beside the list, and Escape closes it', async () => {
    aPortal([aFlag()]);
    const { user, query } = await open();
    const button = await screen.findByRole('button', {
      name: 'History of new-checkout',
    });
    await user.click(button);
    const history = await dialogNamed('History of new-checkout');
    expect(await history.findByText('Serving: off → on')).toBeVisible();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(query().has('flag')).toBe(false));
    await waitFor(() => expect(button).toHaveFocus());
  });

  it('undoes a change from the history', async () => {
    const sent = aPortal([aFlag({ serving: 'on' })]);
    const { user } = await open('?flag=new-checkout');
    const history = within(
      await screen.findByRole('table', { name: 'History of new-checkout' }),
    );
    expect(await history.findByText('Serving: off → on')).toBeVisible();
    await user.click(await mayClick('button', /Undo the change/));
    const dialog = await dialogNamed('Undo a change of new-checkout');
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'customers complained',
    );
    await user.click(dialog.getByRole('button', { name: 'Undo' }));
    await screen.findByText('new-checkout serves off again.');
    expect(sent).toEqual([
      {
        path: '/flags/new-checkout/revert',
        ifMatch: '"1"',
        body: { changeId: 'c2', reason: 'customers complained' },
      },
    ]);
  });

  it('says how flags get here while there are none', async () => {
    aPortal([]);
    await open();
    expect(await screen.findByText('No flags yet')).toBeVisible();
  });
});
