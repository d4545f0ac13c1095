import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { AuditDrawer } from '../../audit/AuditDrawer';
import { AuditLink } from '../../audit/AuditLink';
import { useAuditTable } from '../../audit/useAuditTable';
import { statusCodeOf } from '@craft-easy/backstage-plugin-operations-react/internal';
import { DataTable, Section } from '../../components';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { AUDIT_TOPICS } from '../topics';
import { jobMessages } from '../messages';

const LAST = 5;

/** The last actions on a job; nothing for a user who may not read the audit trail. */
export function JobAudit(props: { job: JobKey }) {
  const { t } = useTranslationRef(jobMessages);
  const job = `${props.job.engine}/${props.job.name}`;
  const [open, setOpen] = useState<string>();
  const table = useAuditTable(open, setOpen);
  const audit = useLive(
    'GET /audit',
    { query: { job, limit: LAST } },
    { topics: AUDIT_TOPICS, everyMs: 30_000 },
  );
  if (statusCodeOf(audit.error) === 403) return null;
  const total = audit.data?.totalItems ?? 0;
  return (
    <Section
      title={t('history.title')}
      aside={
        total > LAST && (
          <AuditLink of={{ job }}>{t('history.all', { n: total })}</AuditLink>
        )
      }
    >
      <DataTable
        {...table}
        label={t('history.title')}
        rows={audit.data?.items}
        rowKey={entry => entry.id}
        live={audit}
        expectedRows={2}
        empty={<p style={{ margin: 0, padding: 16 }}>{t('history.empty')}</p>}
      />
      <AuditDrawer
        entries={audit.data?.items}
        open={open}
        onClose={() => setOpen(undefined)}
      />
    </Section>
  );
}
