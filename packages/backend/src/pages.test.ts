import { OPTIONAL_PAGES } from '@craft-easy/backstage-plugin-operations-common/internal';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { apiAs } from './__testUtils__/api';
import { startPortal } from './__testUtils__/startPortal';

jest.setTimeout(60_000);

describe('[portal.4] pages of what a portal uses', () => {
  let portal: Awaited<ReturnType<typeof startPortal>>;
  const api = () => apiAs(portal.server, 'user:default/ada.admin');
  const unused = async (): Promise<string[]> =>
    (await api().get('/permissions/mine').expect(200)).body.unusedPages;
  const start = async (operations: object) => {
    portal = await startPortal({
      operations: { caches: {}, flags: [], ...operations },
    });
  };
  afterEach(() => portal?.stop());

  it('are those of jobs alone where nothing else was configured or reported', async () => {
    await start({});
    // whether a dispatcher reports is known once Redis has answered
    await until(async () => (await unused()).includes('webhooks'));
    expect(await unused()).toEqual(OPTIONAL_PAGES);
  });

  it('are there once something was reported that they show', async () => {
    await start({ pages: { maintenance: true } });
    const { items } = (await api().get('/maintenance').expect(200)).body;
    expect(items).toEqual([]);
    expect(await unused()).not.toContain('maintenance');
    expect(await unused()).toContain('rate-limits');
    await api()
      .post('/rate-limit-overrides', {
        subject: { kind: 'tenant', tenant: 'nordic-gym' },
        limit: { kind: 'multiplier', factor: 2 },
        endsAt: new Date(Date.now() + 300_000).toISOString(),
        reason: 'a month of closing the books',
      })
      .expect(201);
    await until(async () => !(await unused()).includes('rate-limits'));
  });

  it('are not there where the configuration says so', async () => {
    await start({
      flags: [{ key: 'fast', type: 'boolean', defaultVariant: 'off' }],
      pages: { flags: false },
    });
    expect(await unused()).toContain('flags');
  });
});
