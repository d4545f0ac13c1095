import { RecentReports } from './RecentReports';

describe('runs that were reported lately', () => {
  const sent = (runId: string) => ({
    runId,
    json: '{}',
    at: performance.now(),
  });
  const idsOf = (reports: RecentReports) =>
    reports.all().map(({ runId }) => runId);

  it('[guarantees.9] are not crowded out by one that reports often', () => {
    const reports = new RecentReports();
    reports.add([sent('quiet')]);
    for (let i = 0; i < 5_000; i++) reports.add([sent('chatty')]);
    expect(idsOf(reports)).toEqual(['quiet', 'chatty']);
  });

  it('[guarantees.9] are at least the last thousand, each once', () => {
    const reports = new RecentReports();
    for (let i = 0; i < 2_600; i++) reports.add([sent(`run-${i}`)]);
    reports.add([sent('run-2000')]);
    const ids = idsOf(reports);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeLessThanOrEqual(2_000);
    expect(ids).toEqual(
      expect.arrayContaining(
        Array.from({ length: 1_000 }, (_, i) => `run-${1_600 + i}`),
      ),
    );
  });
});
