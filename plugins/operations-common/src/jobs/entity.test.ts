import { jobEntityName, jobEntityRef } from './entity';

describe('the entity of a job', () => {
  it('is called like the job where BullMQ runs it', () => {
    expect(jobEntityRef({ engine: 'bullmq', name: 'daily-mrr-rollup' })).toBe(
      'component:default/daily-mrr-rollup',
    );
  });

  it('never clashes with the job of the same name on another engine', () => {
    expect(jobEntityName({ engine: 'protocol', name: 'export' })).toBe(
      'export.protocol',
    );
    expect(jobEntityName({ engine: 'bullmq', name: 'export-protocol' })).toBe(
      'export-protocol',
    );
  });

  it('fits the catalog, and stays distinct, when the name is as long as it may be', () => {
    const names = ['a', 'b'].map(last =>
      jobEntityName({ engine: 'protocol', name: `${'x'.repeat(62)}${last}` }),
    );
    expect(new Set(names).size).toBe(2);
    for (const name of names) {
      expect(name.length).toBeLessThanOrEqual(63);
      expect(name).toMatch(/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/);
    }
  });
});
