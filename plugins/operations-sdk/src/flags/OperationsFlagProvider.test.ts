import {
  OpenFeature,
  ProviderEvents,
  type Client,
  type EventDetails,
} from '@openfeature/server-sdk';
import type { FlagRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { startHarness, type Harness } from '../controls/__testUtils__/harness';
import { OperationsFlagProvider } from './OperationsFlagProvider';

describe('OperationsFlagProvider', () => {
  let harness: Harness;
  let client: Client;

  beforeEach(async () => {
    harness = await startHarness();
  });

  afterEach(async () => {
    await OpenFeature.clearProviders();
    await harness.close();
  });

  async function provide(
    options: Partial<
      ConstructorParameters<typeof OperationsFlagProvider>[0]
    > = {},
  ) {
    const provider = new OperationsFlagProvider({
      controls: harness.controls,
      ...options,
    });
    await OpenFeature.setProviderAndWait(provider);
    client = OpenFeature.getClient();
  }

  const publish = (...flags: Array<Omit<FlagRecord, 'v' | 'revision'>>) =>
    harness.publish<FlagRecord>('flags', ...flags);

  const on = (extra: Partial<FlagRecord> = {}) =>
    publish({
      id: 'new-checkout',
      type: 'boolean',
      variants: { on: true, off: false },
      variant: 'on',
      ...extra,
    });

  it('serves values of every type, with variant and reason', async () => {
    await publish(
      { id: 'b', type: 'boolean', variants: { on: true }, variant: 'on' },
      { id: 's', type: 'string', variants: { blue: '#00f' }, variant: 'blue' },
      { id: 'n', type: 'number', variants: { pi: 3.14 }, variant: 'pi' },
      { id: 'o', type: 'object', variants: { x: { a: [1] } }, variant: 'x' },
    );
    await provide();
    expect(await client.getBooleanDetails('b', false)).toMatchObject({
      value: true,
      variant: 'on',
      reason: 'STATIC',
    });
    expect(await client.getStringValue('s', '')).toBe('#00f');
    expect(await client.getNumberValue('n', 0)).toBe(3.14);
    expect(await client.getObjectValue('o', {})).toEqual({ a: [1] });
  });

  it("answers with code's own default for unknown flags, wrong types and flags that are off", async () => {
    await on();
    await publish({
      id: 'gone',
      type: 'boolean',
      variants: { on: true },
      variant: null,
    });
    await provide();
    expect(await client.getBooleanDetails('nope', true)).toMatchObject({
      value: true,
      errorCode: 'FLAG_NOT_FOUND',
      reason: 'ERROR',
    });
    expect(await client.getStringDetails('new-checkout', 'x')).toMatchObject({
      value: 'x',
      errorCode: 'TYPE_MISMATCH',
    });
    expect(await client.getBooleanDetails('gone', true)).toMatchObject({
      value: true,
      reason: 'DISABLED',
    });
  });

  it('[controls.4] goes back at its "until", by the clock of the evaluation', async () => {
    await on({ until: harness.iso(7_200_000), afterVariant: 'off' });
    await provide();
    harness.clock.now += 7_199_999;
    expect(await client.getBooleanValue('new-checkout', false)).toBe(true);
    harness.clock.now += 1;
    expect(await client.getBooleanValue('new-checkout', true)).toBe(false);
  });

  it('tells listeners of a change, and of a state that ran out', async () => {
    await provide();
    const nextChange = () =>
      new Promise<string[]>(resolve => {
        const listener = (
          event?: EventDetails<ProviderEvents.ConfigurationChanged>,
        ) => {
          OpenFeature.removeHandler(
            ProviderEvents.ConfigurationChanged,
            listener,
          );
          resolve(event?.flagsChanged ?? []);
        };
        OpenFeature.addHandler(ProviderEvents.ConfigurationChanged, listener);
      });
    const first = nextChange();
    await on({ until: harness.iso(150), afterVariant: 'off' });
    expect(await first).toEqual(['new-checkout']);
    expect(await nextChange()).toEqual(['new-checkout']);
  });

  it('says STALE, and goes on, while Redis is away', async () => {
    await on();
    await provide();
    const stale = new Promise(resolve =>
      OpenFeature.addHandler(ProviderEvents.Stale, resolve),
    );
    await harness.server.stop();
    await stale;
    expect(await client.getBooleanDetails('new-checkout', false)).toMatchObject(
      {
        value: true,
        reason: 'STALE',
      },
    );
    await harness.server.start();
    await new Promise(resolve =>
      OpenFeature.addHandler(ProviderEvents.Ready, resolve),
    );
    expect((await client.getBooleanDetails('new-checkout', false)).reason).toBe(
      'STATIC',
    );
  });

  it('ignores the context and says so, unless another system has a say', async () => {
    await on();
    await provide();
    const context = { targetingKey: 'user-1', tenant: 'acme' };
    expect(
      await client.getBooleanDetails('new-checkout', false, context),
    ).toMatchObject({
      value: true,
      flagMetadata: { context: 'ignored' },
    });
    await provide({
      override: (_flag, { tenant }) => (tenant === 'acme' ? 'off' : undefined),
    });
    expect(
      await client.getBooleanDetails('new-checkout', true, context),
    ).toMatchObject({
      value: false,
      reason: 'TARGETING_MATCH',
      flagMetadata: { context: 'used' },
    });
    expect(await client.getBooleanValue('new-checkout', false)).toBe(true);
  });
});
