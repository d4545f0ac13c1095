import { cachedFor } from './cachedFor';

describe('a reading that is kept for a while', () => {
  let now = 0;
  const read = jest.fn<Promise<string>, [number]>();
  beforeEach(() => {
    now = 0;
    read.mockReset().mockImplementation(async at => `read at ${at}`);
  });
  const cached = () => cachedFor(100, read, () => now);

  it('is shared by all who ask within that time, and made anew after it', async () => {
    const { get } = cached();
    expect(await Promise.all([get(), get()])).toEqual(
      Array(2).fill('read at 0'),
    );
    now = 99;
    expect(await get()).toBe('read at 0');
    now = 100;
    expect(await get()).toBe('read at 100');
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('is not kept when it failed', async () => {
    read.mockRejectedValueOnce(new Error('away'));
    const { get } = cached();
    await expect(get()).rejects.toThrow('away');
    expect(await get()).toBe('read at 0');
  });

  it('is made anew after it was cleared', async () => {
    const { get, clear } = cached();
    await get();
    clear();
    now = 1;
    expect(await get()).toBe('read at 1');
  });

  it('holds up nobody for longer than that time, even if it never ends', async () => {
    let end = (_: string) => {};
    read.mockReturnValueOnce(new Promise(resolve => (end = resolve)));
    const { get } = cached();
    const first = get();
    now = 100;
    expect(await get()).toBe('read at 100');
    end('late');
    expect(await first).toBe('late');
    expect(await get()).toBe('read at 100');
  });
});
