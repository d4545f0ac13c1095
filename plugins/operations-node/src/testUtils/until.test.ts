import { until, within } from './until';

describe('waiting in a test', () => {
  it('ends as soon as the condition holds', async () => {
    let looks = 0;
    await until(() => (looks += 1) === 3, { everyMs: 1 });
    expect(looks).toBe(3);
  });

  it('fails with the condition and with what was seen last, if it never holds', async () => {
    let looks = 0;
    const isThere = () => (looks += 1) < 0;
    const seen = () => ({ looks });
    await expect(
      until(isThere, { withinMs: 20, everyMs: 1, seen }),
    ).rejects.toThrow(/^Not within 0.02 s: .*looks.*; seen: \{"looks":\d+\}$/);
  });

  it('fails where a look itself has no answer', async () => {
    await expect(
      until(() => new Promise(() => {}), { withinMs: 20 }),
    ).rejects.toThrow('the last look has no answer');
  });

  it('hands on at once what a look throws', async () => {
    const fails = async () => {
      throw new Error('there is no such run');
    };
    await expect(until(fails)).rejects.toThrow('there is no such run');
  });

  it('says what did not come', async () => {
    const never = new Promise(() => {});
    await expect(within(() => '3 of 5 requests', never, 20)).rejects.toThrow(
      'Not within 0.02 s: 3 of 5 requests',
    );
  });
});
