import { useState } from 'react';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { AuditLink } from '../../audit/AuditLink';
import { useAuditTable } from '../../audit/useAuditTable';
import { DataTable, Section, statusCodeOf } from '../../components';
import { useLive } from '../../hooks/useLive';
import { AUDIT_TOPICS } from '../topics';

const LAST = 5;

/** The last actions on a job; nothing for a user who may not read the audit trail. */
export function JobAudit(props: { job: JobKey }) {
  const job = `${props.job.engine}/${props.job.name}`;
  const [open, setOpen] = useState<string>();
  const audit = useLive(
    'GET /audit',
    { query: { job, limit: LAST } },
    { topics: AUDIT_TOPICS, everyMs: 30_000 },
  );
  if (statusCodeOf(audit.error) === 403) return null;
  const total = audit.data?.totalItems ?? 0;
  return (
    <Section
      title="What was done to this job"
      aside={
        total > LAST && (
          <AuditLink of={{ job }}>all {total.toLocaleString()}</AuditLink>
        )
      }
    >
      <DataTable
        {...useAuditTable(open, setOpen)}
        label="What was done to this job"
        rows={audit.data?.items}
        rowKey={entry => entry.id}
        live={audit}
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
