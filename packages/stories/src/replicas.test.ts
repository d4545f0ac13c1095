import { apiAs } from './people';
import { startStack } from './stack';
import type { Stack } from './stack';

describe('two replicas on PostgreSQL', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({ database: 'postgres', backends: 2 });
  });

  afterAll(() => stack?.stop());

  it('answer alike, and go on one without the other', async () => {
    const first = await apiAs(stack.url, 'vera.viewer');
    const second = first.at(stack.urls[1]);
    const [one, two] = await Promise.all(
      [first, second].map(api => api.client.getJobs({ sort: 'name' })),
    );
    expect(one.totalItems).toBeGreaterThanOrEqual(14);
    expect(two.items.map(job => job.id)).toEqual(one.items.map(job => job.id));

    await stack.kill('backend', 'SIGKILL');
    expect((await second.client.getJobs()).totalItems).toBe(one.totalItems);
  });
});
