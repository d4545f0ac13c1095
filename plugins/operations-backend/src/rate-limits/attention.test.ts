import type { StoredOverride } from './OverrideStore';
import { overrideAttention } from './attention';

it('reads the limiters once for all overrides that end soon, and one client at a time', async () => {
  const now = Date.now();
  const limiter = { name: 'api', tenant: { limit: 1, windowSeconds: 60 } };
  const overrides = Array.from({ length: 50 }, (_, i) => ({
    id: `o${i}`,
    subject: { kind: 'tenant', tenant: `t${i}` },
    startsAt: now - 1,
    endsAt: now + 60_000,
  }));
  const seen = { limiters: 0, reads: 0, atOnce: 0, mostAtOnce: 0 };
  const source = overrideAttention(
    { unended: async () => overrides as StoredOverride[] } as never,
    {
      async limiters() {
        seen.limiters += 1;
        return [limiter];
      },
      async of() {
        seen.reads += 1;
        seen.atOnce += 1;
        seen.mostAtOnce = Math.max(seen.mostAtOnce, seen.atOnce);
        await new Promise(setImmediate);
        seen.atOnce -= 1;
        return [[{ at: now, passed: 100, refused: 0 }]];
      },
    } as never,
  );
  const facts = await source.getFacts({
    now: new Date(now),
    signal: new AbortController().signal,
  });
  expect(facts).toHaveLength(50);
  expect(seen).toMatchObject({ limiters: 1, reads: 50, mostAtOnce: 1 });
});
