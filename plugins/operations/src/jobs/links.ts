import { useCallback } from 'react';
import { useRouteRef } from '@backstage/core-plugin-api';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { auditRouteRef, jobRouteRef } from '../routes';

/** Address of a job's page. */
export function useJobHref(): (job: JobKey) => string {
  const route = useRouteRef(jobRouteRef);
  return useCallback(
    ({ engine, name }: JobKey) => route({ engine, name }),
    [route],
  );
}

/** Address of a run, open on its job's page. */
export function useRunHref(): (run: {
  engine: string;
  jobName: string;
  id: string;
}) => string {
  const route = useRouteRef(jobRouteRef);
  return useCallback(
    run =>
      `${route({
        engine: run.engine,
        name: run.jobName,
      })}?run=${encodeURIComponent(run.id)}`,
    [route],
  );
}

/** Address of a row of the audit trail, among all that was done to its job. */
export function useAuditHref(): (jobId: string, auditId: string) => string {
  const route = useRouteRef(auditRouteRef);
  return useCallback(
    (jobId, auditId) =>
      `${route()}?${new URLSearchParams({ job: jobId, entry: auditId })}`,
    [route],
  );
}
