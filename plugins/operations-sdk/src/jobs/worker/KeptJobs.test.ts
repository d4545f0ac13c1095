import { KeptJobs } from './KeptJobs';

describe('the completed jobs that a queue keeps', () => {
  it('are trimmed by the first that a process completes, and then by each twentieth of a thousand', () => {
    const kept = new KeptJobs(1_000);
    const said = Array.from({ length: 41 }, () => kept.next());
    expect(said.flatMap((s, i) => (s ? [i] : []))).toEqual([0, 20, 40]);
    expect(said[20]).toEqual({ count: 1_000 });
  });

  it.each([0, 1, 40])('are exact where %d are kept', count => {
    const kept = new KeptJobs(count);
    expect([kept.next(), kept.next()]).toEqual([{ count }, { count }]);
  });
});
