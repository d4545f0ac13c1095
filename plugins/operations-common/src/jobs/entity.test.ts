import {
  goldenNames,
  randomNames,
} from '@craft-easy/backstage-plugin-operations-protocol/testUtils';
import { jobEntityName, jobEntityRef, readEntityNaming } from './entity';

/** What the catalog takes as a name (`KubernetesValidatorFunctions.isValidObjectName`). */
const VALID = /^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;

jest.setTimeout(60_000);

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
    const names = [
      { engine: 'bullmq', name: 'export-protocol' },
      { engine: 'bullmq', name: 'export.protocol' },
      { engine: 'protocol', name: 'export' },
    ].map(job => jobEntityName(job));
    expect(new Set(names).size).toBe(3);
  });

  it('[protocol.1] agrees with the golden cases', () => {
    expect(goldenNames().entityName.length).toBeGreaterThan(40);
    for (const { engine, job: name, entity } of goldenNames().entityName) {
      expect(jobEntityName({ engine, name })).toBe(entity);
    }
  });

  it('[protocol.1] is another one for each of 10,000 names, though the catalog ignores case, and is one that the catalog takes', () => {
    const { jobs } = randomNames(10_000);
    const entities = ['bullmq', 'protocol'].flatMap(engine =>
      [...jobs, ...jobs.map((_, i) => `plain-${i}`)].map(name =>
        jobEntityName({ engine, name }),
      ),
    );
    const refs = entities.map(name => name.toLocaleLowerCase('en-US'));
    expect(new Set(refs).size).toBe(40_000);
    expect(entities.filter(name => !VALID.test(name))).toEqual([]);
  });

  it('[guarantees.7] may be in a namespace of its own, or have a prefix', () => {
    const named = (values: Record<string, string>) =>
      readEntityNaming({
        getOptionalString: key =>
          values[key.replace('catalog.providers.operations.', '')],
      });
    const job = { engine: 'bullmq', name: 'export' };
    expect(jobEntityRef(job, named({ namespace: 'jobs' }))).toBe(
      'component:jobs/export',
    );
    expect(jobEntityRef(job, named({ namePrefix: 'job-' }))).toBe(
      'component:default/job-export',
    );
    const odd = jobEntityName({ ...job, name: `A ${'b'.repeat(70)}` }, 'job-');
    expect(odd).toMatch(/^job-a-b+_[0-9a-f]{16}$/);
    expect(odd).toMatch(VALID);
    for (const [key, value] of [
      ['namespace', 'My Jobs'],
      ['namePrefix', 'job'],
      ['namePrefix', '-'],
      ['namePrefix', 'x'.repeat(20).concat('-')],
    ]) {
      expect(() => named({ [key]: value })).toThrow(
        `catalog.providers.operations.${key} must be`,
      );
    }
  });
});
