import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { AuditTable } from '../../audit/AuditTable';
import { Section } from '../../components/Stack';
import { statusCodeOf } from '../../components/errors';
import { useLive } from '../../hooks/useLive';
import { auditRouteRef } from '../../routes';
import { AUDIT_TOPICS } from '../topics';

const LAST = 5;

/** What was done to this job, by whom and why: the end of its audit trail. Nothing for who may not read the trail. */
export function JobAudit(props: { job: JobKey }) {
  const job = `${props.job.engine}/${props.job.name}`;
  const auditPage = useRouteRef(auditRouteRef)();
  const audit = useLive(
    ['job-audit', job],
    api => api.getAudit({ job, limit: LAST }),
    {
      topics: AUDIT_TOPICS,
      everyMs: 30_000,
    },
  );
  if (statusCodeOf(audit.error) === 403) return null;
  const total = audit.data?.totalItems ?? 0;
  return (
    <Section
      title="What was done to this job"
      aside={
        total > LAST && (
          <Link to={`${auditPage}?${new URLSearchParams({ job })}`}>
            all {total.toLocaleString()}
          </Link>
        )
      }
    >
      <AuditTable
        label="What was done to this job"
        rows={audit.data?.items}
        error={audit.error}
        onRetry={audit.refresh}
        expectedRows={2}
        empty={
          <p style={{ margin: 0, padding: 16 }}>
            Nobody has run, cancelled or retried it.
          </p>
        }
      />
    </Section>
  );
}
