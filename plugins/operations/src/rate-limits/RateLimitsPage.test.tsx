import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import {
  USAGE_UNKNOWN,
  type RateLimitUsage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { RateLimitOverride } from '@craft-easy/backstage-plugin-operations-common';
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
import { RateLimitsPage } from './RateLimitsPage';
import { subjectText } from './words';
import { fill } from '../__testUtils__/fill';

const server = pagePortal();

const anOverride = (patch: Partial<RateLimitOverride> = {}) =>
  ({
    id: 'o1',
    subject: { kind: 'tenant', tenant: 'nordic-gym' },
    limit: { kind: 'multiplier', factor: 5 },
    startsAt: iso(-HOUR / 2),
    endsAt: iso(HOUR / 2),
    state: 'active',
    endedEarly: false,
    createdAt: iso(-HOUR / 2),
    createdBy: 'user:default/oskar.operator',
    reason: 'a backlog of imports',
    published: true,
    ...patch,
  } as RateLimitOverride);

const USAGE: RateLimitUsage = {
  limiters: [
    {
      name: 'api',
      tenant: { limit: 100, windowSeconds: 60 },
      address: { limit: 600, windowSeconds: 60 },
      seenAt: iso(0),
    },
  ],
  subjects: [
    {
      limiter: 'api',
      kind: 'tenant',
      name: 'alpine-spa',
      quota: { limit: 100, windowSeconds: 60 },
      passed: 200,
      refused: 40,
      passedLastHour: 6000,
      refusedLastHour: 900,
    },
  ],
  asOf: iso(0),
  rules: {
    maxDurationMs: 4 * HOUR,
    maxFactor: 10,
    unlimitedAllowed: true,
    minPrefixV4: 8,
    minPrefixV6: 32,
  },
};

function aPortal(
  overrides: RateLimitOverride[] = [anOverride()],
  usage: RateLimitUsage = USAGE,
) {
  const sent: Array<{ method: string; path: string; body: unknown }> = [];
  const note = async (request: Request) => {
    sent.push({
      method: request.method,
      path: pathOf(request),
      body: await request.json(),
    });
    return HttpResponse.json({ override: anOverride(), auditId: 'a1' });
  };
  server.use(
    permissionsHandler(),
    http.get(at('/rate-limit-overrides/preview'), () =>
      HttpResponse.json({
        subject: { kind: 'tenant', tenant: 'alpine-spa' },
        limiters: [
          {
            limiter: 'api',
            quota: { limit: 100, windowSeconds: 60 },
            becomes: { limit: 500, windowSeconds: 60 },
            passed: 6000,
            refused: 900,
            wouldHavePassed: 850,
            wouldHaveBeenRefused: 0,
            minutes: [{ at: iso(0), passed: 100, refused: 15 }],
          },
        ],
      }),
    ),
    http.get(at('/rate-limit-overrides'), async ({ request }) => {
      const query = new URL(request.url).searchParams;
      const items = overrides
        .filter(o => query.getAll('state').includes(o.state))
        .filter(o =>
          subjectText(o.subject).includes(query.get('subject') ?? ''),
        );
      await delay(20);
      return onePage(items);
    }),
    http.get(at('/rate-limit-usage'), () => HttpResponse.json(usage)),
    http.post(at('/rate-limit-overrides'), ({ request }) => note(request)),
    http.post(at('/rate-limit-overrides/o1/end'), ({ request }) =>
      note(request),
    ),
  );
  return sent;
}

const open = (query = '') =>
  renderPage(<RateLimitsPage />, `/operations/rate-limits${query}`);

describe('page of rate limits', () => {
  it('[truth.3] says what is overridden whatever is searched for, and narrows the use of the limits, too', async () => {
    aPortal();
    const { user } = await open();
    const headline = '1 active override · 1 tenant with refused requests';
    await screen.findByText(headline);
    await screen.findByText('alpine-spa');
    await fill(
      user,
      screen.getByRole('searchbox', { name: 'Search clients' }),
      'qqqq',
    );
    // those in force and those of the past answer one after the other
    await waitFor(() =>
      expect(
        screen.getAllByText('No overrides match these filters'),
      ).toHaveLength(2),
    );
    expect(
      screen.getByText('No match among the clients that are refused most (1)'),
    ).toBeVisible();
    expect(screen.getByText(headline)).toBeVisible();
    expect(screen.queryByText('No overrides')).not.toBeInTheDocument();
  });

  it('[truth.6] holds against an address only what its own limit refused', async () => {
    const address = (name: string, refused: number) => ({
      ...USAGE.subjects[0],
      ...{ kind: 'address' as const, name, refused },
    });
    aPortal([], {
      ...USAGE,
      subjects: [
        ...USAGE.subjects,
        // all of them may be requests of alpine-spa, which its own limit refuses
        address('192.0.2.1', 40),
        address('192.0.2.2', 41),
      ],
    });
    await open();
    const rowOf = async (name: string) =>
      (await screen.findByText(name)).closest('tr')!.className;
    expect(await rowOf('alpine-spa')).toMatch(/-bad\b/);
    expect(await rowOf('192.0.2.1')).not.toMatch(/-bad\b/);
    expect(await rowOf('192.0.2.2')).toMatch(/-bad\b/);
  });

  it('answers what is overridden, from what to what, up to when, by whom and why, and who is refused now', async () => {
    aPortal([anOverride(), anOverride({ id: 'o0', state: 'ended' })]);
    await open();
    expect(
      await screen.findByText(
        '1 active override · 1 tenant with refused requests',
      ),
    ).toBeVisible();
    const table = within(
      await screen.findByRole('table', {
        name: 'Active and scheduled overrides',
      }),
    );
    expect(await table.findByText('nordic-gym')).toBeVisible();
    expect(table.getByText(/100 per minute →/)).toBeVisible();
    expect(table.getByText('×5')).toBeVisible();
    expect(table.getByRole('timer')).toHaveTextContent(/30 min left|29 min/);
    expect(table.getByText(/a backlog of imports/)).toBeInTheDocument();
    const use = within(
      screen.getByRole('table', { name: 'Use of the limits now' }),
    );
    expect(await use.findByText('alpine-spa')).toBeVisible();
    expect(
      await within(
        screen.getByRole('table', { name: 'Past overrides' }),
      ).findByText('nordic-gym'),
    ).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
  });

  describe('while the name is still looked up', () => {
    /** Confirms before it is known whether there is such a tenant. */
    async function confirmEarly() {
      const sent = aPortal([]);
      let answer: (names: string[]) => void = () => {};
      const names = new Promise<string[]>(resolve => {
        answer = resolve;
      });
      server.use(
        http.get(at('/known/:kind'), async () => {
          const items = (await names).map(name => ({ name, from: [] }));
          return HttpResponse.json({ items, away: [] });
        }),
      );
      const { user } = await open('?override=alpine-spa');
      const dialog = within(
        await screen.findByRole('dialog', {
          name: 'Override the limit of alpine-spa',
        }),
      );
      await fill(
        user,
        dialog.getByRole('textbox', { name: /reason/i }),
        'the backlog has to be drained',
      );
      await user.click(dialog.getByRole('button', { name: 'Override' }));
      expect(dialog.queryByText(/missing or not allowed/)).toBeNull();
      expect(sent).toEqual([]);
      return { answer, sent, dialog };
    }

    it('[truth.13] waits, and overrides the limit once it is known', async () => {
      const { answer, sent } = await confirmEarly();
      answer(['alpine-spa']);
      await waitFor(() => expect(sent).toHaveLength(1));
    });

    it('[truth.13] waits, and asks for a tick where it is not known', async () => {
      const { answer, sent, dialog } = await confirmEarly();
      answer([]);
      expect(await dialog.findByRole('checkbox')).toBeVisible();
      expect(sent).toEqual([]);
    });
  });

  it('says before what an override would have let through, offers no length beyond the longest, and always gives it an end', async () => {
    const sent = aPortal([]);
    const { user } = await open('?override=alpine-spa');
    const dialog = within(
      await screen.findByRole('dialog', {
        name: 'Override the limit of alpine-spa',
      }),
    );
    expect(
      await dialog.findByText(
        'With this limit, about 850 of those refused would have passed.',
      ),
    ).toBeVisible();
    const presets = within(dialog.getByRole('group', { name: 'Ends after' }));
    expect(presets.getAllByRole('button').map(b => b.textContent)).toEqual([
      '30 min',
      '1 h',
      '4 h',
    ]);
    expect(await seriousViolations()).toEqual([]);
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'the backlog has to be drained',
    );
    const end = dialog.getByLabelText(/Ends at/);
    fireEvent.change(end, { target: { value: '' } });
    await user.click(dialog.getByRole('button', { name: 'Override' }));
    expect(dialog.getByText('Enter an end time')).toBeVisible();
    expect(sent).toEqual([]);

    await user.click(presets.getByRole('button', { name: '4 h' }));
    await user.click(dialog.getByRole('button', { name: 'Override' }));
    expect(
      await screen.findByText(/^alpine-spa: 500 per minute until /),
    ).toBeVisible();
    const body = sent[0].body as { endsAt: string };
    expect(body).toMatchObject({
      subject: { kind: 'tenant', tenant: 'alpine-spa' },
      limit: { kind: 'multiplier', factor: 5 },
      reason: 'the backlog has to be drained',
    });
    expect(Date.parse(body.endsAt) - Date.now()).toBeLessThan(4 * HOUR + 2_000);
    expect(Date.parse(body.endsAt) - Date.now()).toBeGreaterThan(3.9 * HOUR);
  });

  it('understands tenant, address and network while they are typed', async () => {
    aPortal([]);
    const { user } = await open('?override=*');
    const dialog = within(await screen.findByRole('dialog'));
    const field = dialog.getByLabelText(/Tenant, address or network/);
    for (const [typed, said] of [
      ['192.0.2.0/24', /256 addresses/],
      ['192.0.2.9/24', /Did you mean 192\.0\.2\.0\/24/],
      ['::ffff:192.0.2.1', /Address 192\.0\.2\.1/],
      ['10.0.0.0/7', /Too large: the prefix must be at least \/8/],
      ['192.0.2.256', /Not an IPv4 address/],
    ] as const) {
      await user.clear(field);
      await user.type(field, typed);
      expect(dialog.getByText(said)).toBeVisible();
    }
  });

  it('[guarantees.7] takes an address as a log shows it', async () => {
    aPortal([]);
    await open('?override=*');
    const dialog = within(await screen.findByRole('dialog'));
    const field = dialog.getByLabelText(/Tenant, address or network/);
    for (const [typed, said] of [
      ['203.0.113.7:51234', 'Address 203.0.113.7'],
      ['[2001:DB8::1]:443', 'Address 2001:db8::1'],
      ['fe80::1%eth0', 'Address fe80::1'],
      ['203.0.113.777:51234', 'Not an IPv4 address'],
      ['[2001:db8::1::]:443', 'Not an IPv6 address'],
    ] as const) {
      fireEvent.change(field, { target: { value: typed } });
      expect(await dialog.findByText(said)).toBeVisible();
    }
  });

  it('[guarantees.7] shows those whose address cannot be read as one, without an override', async () => {
    aPortal([], {
      ...USAGE,
      subjects: [
        { ...USAGE.subjects[0], kind: 'address', name: USAGE_UNKNOWN },
      ],
    });
    await open();
    expect(
      await screen.findByText('Unknown: addresses that cannot be read'),
    ).toBeVisible();
    expect(
      screen.queryByRole('button', { name: /Override the limit of/ }),
    ).not.toBeInTheDocument();
  });

  it('ends one early', async () => {
    const sent = aPortal();
    const { user } = await open();
    await user.click(
      await mayClick('button', 'End now: the override for nordic-gym'),
    );
    const dialog = within(await screen.findByRole('dialog'));
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'drained already',
    );
    await user.click(dialog.getByRole('button', { name: 'End now' }));
    await screen.findByText('Override for nordic-gym ended.');
    expect(sent).toEqual([
      {
        method: 'POST',
        path: '/rate-limit-overrides/o1/end',
        body: { reason: 'drained already' },
      },
    ]);
  });

  it('says what an override is while there is none', async () => {
    aPortal([]);
    const first = await open();
    expect(await screen.findAllByText('No overrides')).not.toEqual([]);
    expect(screen.getByText(/raises or lowers the limit/)).toBeVisible();
    expect(first.query().toString()).toBe('');
  });

  it('lets a limit be overridden while nobody can say what is used', async () => {
    aPortal([]);
    server.use(
      http.get(at('/rate-limit-usage'), () =>
        errorAnswer(503, 'ServiceUnavailableError', 'Redis is away'),
      ),
    );
    await open('?override=alpine-spa');
    expect(
      await screen.findByRole('dialog', {
        name: 'Override the limit of alpine-spa',
      }),
    ).toBeVisible();
  });

  it('shows what failed, with another try', async () => {
    aPortal();
    server.use(
      http.get(at('/rate-limit-overrides'), () =>
        errorAnswer(403, 'NotAllowedError', 'needs operations.rate-limit.read'),
      ),
    );
    await open();
    expect(
      (await screen.findAllByText(/needs operations\.rate-limit\.read/))[0],
    ).toBeVisible();
  });
});
