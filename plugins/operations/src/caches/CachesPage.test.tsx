import { screen, waitFor, within } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import type {
  CachePreview,
  CacheTargetSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { CachePurge } from '@craft-easy/backstage-plugin-operations-common';
import { seriousViolations } from '../__testUtils__/axe';
import { errorAnswer } from '../__testUtils__/handlers';
import {
  at,
  iso,
  onePage,
  pagePortal,
  pathOf,
} from '../__testUtils__/pagePortal';
import { renderPage } from '../__testUtils__/renderPage';
import { CachesPage } from './CachesPage';
import { fill } from '../__testUtils__/fill';

const server = pagePortal();

const ALLOWED = { allowed: true };

const aTarget = (
  patch: Partial<CacheTargetSummary> = {},
): CacheTargetSummary => ({
  name: 'shop',
  title: 'Shop cache',
  description: 'Products and prices',
  topology: 'single',
  allowedPrefixes: ['cache:'],
  protectedPrefixes: [{ prefix: 'cache:session:', why: 'signed-in customers' }],
  defaultKeysPerSecond: 20_000,
  maxKeysPerSecond: 50_000,
  allowUnthrottled: false,
  maxKeysPerPurge: 5_000_000,
  cooldownSeconds: 30,
  health: { keys: 1_500_000, usedBytes: 240_000_000, masters: 1 },
  queued: 0,
  purge: ALLOWED,
  ...patch,
});

const aPurge = (patch: Partial<CachePurge> = {}): CachePurge => ({
  id: 'p1',
  target: 'shop',
  targetTitle: 'Shop cache',
  pattern: 'cache:product:*',
  mode: 'hard',
  keysPerSecond: 20_000,
  status: 'succeeded',
  reason: 'prices were wrong',
  requestedBy: 'user:default/oskar.operator',
  createdAt: iso(-60_000),
  startedAt: iso(-59_000),
  endedAt: iso(-9_000),
  estimatedKeys: 1_000_000,
  totalKeys: 1_500_000,
  scanned: 1_500_000,
  matched: 1_000_000,
  removed: 1_000_000,
  skipped: 0,
  resumed: 0,
  masters: 1,
  mastersDone: 1,
  auditId: 'a1',
  cancel: { allowed: false, reason: 'It is over.', rule: 'state' },
  ...patch,
});

const aPreview = (patch: Partial<CachePreview> = {}): CachePreview => ({
  id: 'look-1',
  target: 'shop',
  createdAt: iso(0),
  expiresAt: iso(900_000),
  selection: { pattern: '*:product:*' },
  allowed: true,
  conflicts: [],
  confirmation: '*:product:*',
  count: 1_000_000,
  exact: false,
  scanned: 50_000,
  totalKeys: 1_500_000,
  bytes: 160_000_000,
  missing: 0,
  skipped: [],
  sample: [
    { key: 'cache:product:42', type: 'string', bytes: 160, ttlMs: 90_000 },
    { key: 'cache:product:list', type: 'zset' },
  ],
  minSoftWindowSeconds: 50,
  ...patch,
});

/** A portal with caches; notes what is sent to it. */
function aPortal(
  targets: CacheTargetSummary[],
  purges: CachePurge[] = [],
  preview = aPreview(),
) {
  const sent: Array<{ path: string; body: any }> = [];
  const note = async (request: Request) => {
    sent.push({
      path: pathOf(request),
      body: await request.json(),
    });
  };
  server.use(
    http.get(at('/caches'), () => HttpResponse.json({ items: targets })),
    http.get(at('/cache-purges'), () => onePage(purges)),
    http.get(at('/cache-purges/:id/keys'), () =>
      HttpResponse.json({
        keys: Array.from({ length: 300 }, (_, i) => `cache:one:${i}`),
      }),
    ),
    http.get(at('/cache-purges/:id'), ({ params }) =>
      HttpResponse.json(purges.find(p => p.id === params.id)),
    ),
    http.post(at('/caches/:target/previews'), async ({ request }) => {
      await note(request);
      return HttpResponse.json(preview);
    }),
    http.post(at('/caches/:target/purges'), async ({ request }) => {
      await note(request);
      purges.unshift(aPurge({ id: 'p9', status: 'queued', cancel: ALLOWED }));
      return HttpResponse.json(
        { purge: purges[0], auditId: 'a9' },
        { status: 202 },
      );
    }),
    http.post(at('/cache-purges/:id/cancel'), async ({ request }) => {
      await note(request);
      purges[0] = { ...purges[0], status: 'cancelling' };
      return HttpResponse.json(
        { purge: purges[0], auditId: 'a9' },
        { status: 202 },
      );
    }),
  );
  return sent;
}

const open = (query = '') =>
  renderPage(<CachesPage />, `/operations/caches${query}`);

describe('page of caches', () => {
  it('answers which caches there are, how full, what was done to them last, and which cannot be reached', async () => {
    aPortal(
      [
        aTarget({ lastPurge: aPurge() }),
        aTarget({
          ...{ name: 'away', title: 'Session cache', health: undefined },
          unreachable: 'does not answer',
        }),
      ],
      [aPurge()],
    );
    await open();
    expect(
      await screen.findByText('Session cache cannot be reached'),
    ).toBeVisible();
    const table = within(screen.getByRole('table', { name: 'Caches' }));
    expect(await table.findByText('1,500,000 keys · 240 MB')).toBeVisible();
    expect(table.getByText('does not answer')).toBeVisible();
    const history = within(screen.getByRole('table', { name: 'Purges' }));
    expect(await history.findByText('1,000,000 keys removed')).toBeVisible();
    expect(history.getByText(/prices were wrong/)).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
  });

  it('[truth.13] refuses a pattern of protected keys while it is typed, and of another says what it skips', async () => {
    const sent = aPortal([aTarget()]);
    const { user } = await open('?target=shop');
    const pattern = await screen.findByRole('textbox', { name: 'Pattern' });
    expect(pattern).toHaveValue('cache:*');
    expect(
      screen.getByText(/^Skips protected keys: cache:session: /),
    ).toBeVisible();
    await user.clear(pattern);
    await fill(user, pattern, 'cache:session:*');
    expect(
      await screen.findByText(/^Every key that can match .* is protected/),
    ).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Preview' }));
    expect(sent).toEqual([]);
    await user.clear(pattern);
    await fill(user, pattern, 'cache:*:product:*');
    await user.click(screen.getByRole('button', { name: 'Preview' }));
    await screen.findByRole('region', { name: 'Preview' });
    expect(sent).toMatchObject([{ body: { pattern: 'cache:*:product:*' } }]);
  });

  it('[truth.13] builds a pattern from the prefixes that a sample has found', async () => {
    aPortal([aTarget()]);
    const asked: Array<string | null> = [];
    server.use(
      http.get(at('/caches/shop/prefixes'), async ({ request }) => {
        const under = new URL(request.url).searchParams.get('under') ?? '';
        asked.push(under);
        await delay(20);
        const parts = under === 'cache:' ? ['acme', 'globex'] : ['product'];
        return HttpResponse.json({
          ...{ scanned: 20_000, totalKeys: 1_500_000, exact: false, more: 0 },
          parts: parts.map(part => ({
            ...{ part, below: true, keys: 700_000 },
            pattern: `${under}${part}:*`,
            refused: part === 'globex' ? 'It is protected.' : undefined,
          })),
        });
      }),
    );
    const { user } = await open('?target=shop');
    await user.click(
      await screen.findByRole('button', { name: 'Browse keys' }),
    );
    // nothing below it is named
    await user.click(await screen.findByRole('button', { name: 'globex:' }));
    await user.click(await screen.findByRole('button', { name: '* (any)' }));
    await user.click(await screen.findByRole('button', { name: 'product:' }));
    expect(screen.getByRole('textbox', { name: 'Pattern' })).toHaveValue(
      'cache:*:product:*',
    );
    expect(await screen.findAllByText(/about 700,000/)).not.toEqual([]);
    expect(
      screen.getByText('From a sample of 20,000 of 1,500,000 keys'),
    ).toBeVisible();
    expect(asked).toEqual(['cache:', 'cache:*:', 'cache:*:product:']);
    expect(await seriousViolations()).toEqual([]);
  });

  it('[truth.13] offers single keys among those that a sample has found', async () => {
    const sent = aPortal([aTarget()]);
    server.use(
      http.get(at('/caches/shop/prefixes'), ({ request }) => {
        const under = new URL(request.url).searchParams.get('under') ?? '';
        const below = under === 'cache:';
        const parts = below ? ['product', 'price'] : ['42', '[7]'];
        return HttpResponse.json({
          ...{ scanned: 4, totalKeys: 4, exact: true, more: 0 },
          parts: parts.map(part => ({
            ...{ part, below, keys: below ? 2 : 1 },
            pattern: `${under}${part.replace('[', '\\[')}${below ? ':*' : ''}`,
          })),
        });
      }),
    );
    const { user } = await open('?target=shop');
    await user.click(await screen.findByRole('button', { name: 'Exact keys' }));
    await user.click(screen.getByRole('button', { name: 'Browse keys' }));
    await user.click(await screen.findByRole('button', { name: 'product:' }));
    await user.click(await screen.findByRole('button', { name: '42' }));
    await user.click(screen.getByRole('button', { name: '[7]' }));
    await user.click(screen.getByRole('button', { name: '42' }));
    expect(screen.queryByRole('button', { name: '* (any)' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Preview' }));
    await screen.findByRole('region', { name: 'Preview' });
    expect(sent).toMatchObject([
      { body: { keys: ['cache:product:42', 'cache:product:[7]'] } },
    ]);
  });

  it('takes no part of the prefixes of before while those of the next are on their way', async () => {
    aPortal([aTarget()]);
    let answerNext = () => {};
    const next = new Promise<void>(resolve => {
      answerNext = resolve;
    });
    server.use(
      http.get(at('/caches/shop/prefixes'), async ({ request }) => {
        const under = new URL(request.url).searchParams.get('under') ?? '';
        if (under !== 'cache:') await next;
        const parts = under === 'cache:' ? ['acme', 'globex'] : ['product'];
        return HttpResponse.json({
          ...{ scanned: 20, totalKeys: 20, exact: true, more: 0 },
          parts: parts.map(part => ({
            ...{ part, below: true, keys: 10, pattern: `${under}${part}:*` },
          })),
        });
      }),
    );
    const { user } = await open('?target=shop');
    await user.click(
      await screen.findByRole('button', { name: 'Browse keys' }),
    );
    await user.click(await screen.findByRole('button', { name: 'globex:' }));
    expect(screen.getByRole('button', { name: 'acme:' })).toBeDisabled();
    expect(screen.getByRole('button', { name: '* (any)' })).toBeDisabled();
    answerNext();
    await user.click(await screen.findByRole('button', { name: 'product:' }));
    expect(screen.getByRole('textbox', { name: 'Pattern' })).toHaveValue(
      'cache:globex:product:*',
    );
  });

  it('shows what would go, wants a pattern without a beginning typed out, and purges softly over no less than it may', async () => {
    const sent = aPortal([
      aTarget({ allowedPrefixes: [], protectedPrefixes: [] }),
    ]);
    const { user } = await open('?target=shop');
    const pattern = await screen.findByRole('textbox', { name: 'Pattern' });
    await user.clear(pattern);
    await fill(user, pattern, '*:product:*');
    await user.click(screen.getByRole('button', { name: 'Preview' }));
    const preview = within(
      await screen.findByRole('region', { name: 'Preview' }),
    );
    expect(preview.getByRole('status')).toHaveTextContent(
      'About 1,000,000 keys of 1,500,000, about 160 MB. Estimated from 50,000 keys.',
    );
    expect(preview.getByText('zset')).toBeVisible();
    expect(preview.getByText('no expiry')).toBeVisible();
    expect(await seriousViolations()).toEqual([]);

    await user.click(preview.getByRole('button', { name: /^Purge/ }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('radio', { name: /^Soft/ }));
    const over = dialog.getByRole('spinbutton', { name: /Expire over/ });
    expect(over).toHaveValue(60);
    await user.clear(over);
    await user.type(over, '10');
    expect(dialog.getByText('At least 50 s for this many keys')).toBeVisible();
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'prices were wrong',
    );
    await user.click(dialog.getByRole('button', { name: 'Purge' }));
    expect(sent).toHaveLength(1);
    await user.clear(over);
    await user.type(over, '120');
    await fill(
      user,
      dialog.getByRole('textbox', { name: 'Type the pattern to confirm' }),
      '*:product:*',
    );
    expect(await seriousViolations()).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Purge' }));
    expect(
      await screen.findByRole('region', { name: 'Purge of Shop cache' }),
    ).toBeVisible();
    expect(sent[1]).toEqual({
      path: '/caches/shop/purges',
      body: {
        reason: 'prices were wrong',
        previewId: 'look-1',
        mode: 'soft',
        keysPerSecond: 20_000,
        windowSeconds: 120,
        confirmation: '*:product:*',
      },
    });
  });

  it('shows how far a purge is, what others feel of it, and stops it', async () => {
    const running = aPurge({
      status: 'running',
      ...{ scanned: 600_000, matched: 400_000, removed: 390_000 },
      ...{ currentKeysPerSecond: 19_874.4, latencyMs: 0.94, secondsLeft: 30 },
      ...{ endedAt: undefined, resumed: 1, cancel: ALLOWED },
    });
    const sent = aPortal([aTarget({ activePurge: running })], [running]);
    const { user } = await open('?purge=p1');
    const region = within(
      await screen.findByRole('region', { name: 'Purge of Shop cache' }),
    );
    expect(
      region.getByText('Scanned 40 % of 1,500,000 keys, about 30 s left'),
    ).toBeVisible();
    expect(region.getByText('19,874')).toBeVisible();
    expect(region.getByText('0.9 ms')).toBeVisible();
    expect(region.getByText(/Resumed by another replica 1 time/)).toBeVisible();
    expect(region.getByRole('progressbar')).toHaveAttribute(
      'aria-valuenow',
      '40',
    );
    expect(await seriousViolations()).toEqual([]);
    await user.click(region.getByRole('button', { name: /^Stop the purge/ }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(
      dialog.getByText(/390,000 keys are already removed and stay removed/),
    ).toBeVisible();
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'the wrong pattern',
    );
    await user.click(dialog.getByRole('button', { name: 'Stop purge' }));
    expect(await region.findByText(/^Stopping/)).toBeVisible();
    expect(sent).toMatchObject([
      {
        path: '/cache-purges/p1/cancel',
        body: { reason: 'the wrong pattern' },
      },
    ]);
  });

  it('[truth.6] says the same of a running purge in all places, as it was asked for last', async () => {
    const running = (scanned: number, removed: number) =>
      aPurge({
        ...{ status: 'running', endedAt: undefined, cancel: ALLOWED },
        ...{ scanned, removed },
      });
    aPortal(
      [aTarget({ activePurge: running(120_000, 0) })],
      [running(540_000, 390_000)],
    );
    await open('?purge=p1');
    expect(
      await screen.findByText(/^Scanned 36 % of 1,500,000 keys/),
    ).toBeVisible();
    expect(screen.queryByText(/8 %/)).not.toBeInTheDocument();
    expect(
      screen.getAllByText(/36 %/, { ignore: 'script, style' }).length,
    ).toBeGreaterThanOrEqual(3);
  });

  it('[truth.6] names no pace of a purge that has ended', async () => {
    aPortal([aTarget()], [aPurge({ currentKeysPerSecond: 0 })]);
    await open('?purge=p1');
    expect(await screen.findByText('Scanned')).toBeVisible();
    expect(screen.queryByText('Keys per second')).not.toBeInTheDocument();
  });

  it('[truth.14] opens a purge beside the list, and Escape closes it', async () => {
    aPortal([aTarget()], [aPurge()]);
    const { user, query } = await open('?purge=p1');
    const drawer = await screen.findByRole('dialog', { name: 'Purge' });
    expect(
      await within(drawer).findByRole('region', {
        name: 'Purge of Shop cache',
      }),
    ).toBeVisible();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(query().has('purge')).toBe(false));
  });

  it('purges exact keys again, all of them', async () => {
    const purge = aPurge({ pattern: undefined, keyCount: 300, keys: ['a'] });
    aPortal([aTarget()], [purge]);
    const { user } = await open();
    const history = within(
      await screen.findByRole('table', { name: 'Purges' }),
    );
    await user.click(
      await history.findByRole('button', { name: /^Purge again/ }),
    );
    const keys = await screen.findByRole('textbox', { name: /one per line/ });
    expect((keys as HTMLTextAreaElement).value.split('\n')).toHaveLength(300);
    expect(screen.getByText('300 keys entered')).toBeVisible();
  });

  it('begins each time with what is asked for again, and says so if it cannot be had', async () => {
    const one = (id: string, pattern?: string) =>
      aPurge({ id, pattern, keyCount: 300, keys: ['a'] });
    aPortal([aTarget()], [one('p1'), one('p2')]);
    let n = 0;
    server.use(
      http.get(at('/cache-purges/:id/keys'), ({ params }) => {
        n += 1;
        return n === 2
          ? errorAnswer(503, 'ServiceUnavailableError', 'not just now')
          : HttpResponse.json({ keys: [`cache:of:${params.id}`] });
      }),
    );
    const { user } = await open();
    const again = () =>
      screen.findAllByRole('button', { name: /^Purge again/ });
    const keys = () => screen.findByRole('textbox', { name: /one per line/ });
    await user.click((await again())[0]);
    expect(await keys()).toHaveValue('cache:of:p1');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await user.click((await again())[1]);
    expect(await screen.findByText(/not just now/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: /again$/i }));
    expect(await screen.findByDisplayValue('cache:of:p2')).toBeVisible();
  });

  it('does not begin another purge before the time that the same person has to wait', async () => {
    const sent = aPortal(
      [aTarget({ cooldownUntil: iso(20_000) })],
      [],
      aPreview({ confirmation: undefined }),
    );
    const { user } = await open('?target=shop&pattern=cache:product:*');
    await user.click(await screen.findByRole('button', { name: 'Preview' }));
    const begin = await screen.findByRole('button', { name: /^Purge 1,000/ });
    expect(begin).toHaveAttribute('aria-disabled', 'true');
    await user.click(begin);
    expect(
      await screen.findByText(/You have just purged Shop cache/),
    ).toBeVisible();
    expect(sent.map(s => s.path)).toEqual(['/caches/shop/previews']);
  });

  it('says why somebody may not purge, without sending anything', async () => {
    const reason = 'Shop cache may be purged only by group:default/admins';
    const sent = aPortal([
      aTarget({ purge: { allowed: false, reason, rule: 'permission' } }),
    ]);
    const { user, query } = await open();
    const button = await screen.findByRole('button', {
      name: 'Purge Shop cache',
    });
    expect(button).toHaveAttribute('aria-disabled', 'true');
    await user.click(button);
    expect(query().get('target')).toBeNull();
    expect(sent).toEqual([]);
  });

  it('says how caches get here while there are none, and what is wrong when nothing answers', async () => {
    aPortal([]);
    await open();
    expect(await screen.findAllByText('No caches configured')).not.toEqual([]);
    expect(screen.getByText('No purges yet')).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
  });

  it('says that it could not be loaded, and with which request', async () => {
    server.use(
      http.get(at('/caches'), () =>
        errorAnswer(500, 'Error', 'the database is away'),
      ),
      http.get(at('/cache-purges'), () =>
        errorAnswer(500, 'Error', 'the database is away'),
      ),
    );
    await open();
    expect(await screen.findAllByText(/the database is away/)).not.toEqual([]);
    expect(screen.getAllByText(/req-7f3a9c51/)).not.toEqual([]);
    expect(await seriousViolations()).toEqual([]);
  });
});
