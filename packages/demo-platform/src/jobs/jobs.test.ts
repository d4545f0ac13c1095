import { JOBS } from '.';

describe('the jobs of the demo platform', () => {
  it('belong to four owners', () => {
    const owners = new Set(JOBS.map(job => job.registration.owner));
    expect([...owners].sort()).toEqual([
      'group:default/data',
      'group:default/finance',
      'group:default/growth',
      'group:default/platform',
    ]);
    expect(JOBS.length).toBeGreaterThanOrEqual(14);
  });

  it('say what they do, whom to page, and where the runbook is', () => {
    for (const { registration } of JOBS) {
      expect(registration.description.length).toBeGreaterThan(20);
      expect(registration.onCall).toBeDefined();
      expect(registration.links).not.toEqual([]);
    }
  });

  it('have names of their own', () => {
    expect(new Set(JOBS.map(job => job.name)).size).toBe(JOBS.length);
  });
});
