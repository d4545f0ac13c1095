import { isPortalRunId } from './signed';

describe('an id of the kind that the portal gives', () => {
  it('is known from what follows from the name of a job that begins alike', () => {
    expect(isPortalRunId('run-7e57d004-2b97-4e7a-8b45-000000000000')).toBe(
      true,
    );
    expect(isPortalRunId('run-payroll.1795482840000')).toBe(false);
    expect(isPortalRunId('run-payroll.1795482840000.acme')).toBe(false);
    expect(isPortalRunId('nightly.17_mifd')).toBe(false);
  });
});
