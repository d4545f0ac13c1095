import { MigrationsService } from './MigrationsService';

describe('a source that never answers, and heeds no signal', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('has failed after three seconds', async () => {
    const service = new MigrationsService({ all: async () => [] } as never, [
      { id: 'silent', read: () => new Promise(() => {}) },
    ]);
    const answer = service.list({});
    await jest.advanceTimersByTimeAsync(3_000);
    const { items } = await answer;
    expect(items).toMatchObject([{ component: 'silent', state: 'unknown' }]);
    expect(JSON.stringify(items)).toContain('no answer within 3000 ms');
  });
});
