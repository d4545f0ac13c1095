import { JobRetention } from './JobRetention';

describe('the completed jobs that a queue keeps', () => {
  it('are trimmed by the first that a process completes, and then by each twentieth of a thousand', () => {
    const retention = new JobRetention(1_000);
    const options = Array.from({ length: 41 }, () => retention.next());
    expect(options.flatMap((option, i) => (option ? [i] : []))).toEqual([
      0, 20, 40,
    ]);
    expect(options[20]).toEqual({ count: 1_000 });
  });

  it.each([0, 1, 40])('are exact where %d are kept', count => {
    const retention = new JobRetention(count);
    expect([retention.next(), retention.next()]).toEqual([
      { count },
      { count },
    ]);
  });
});
