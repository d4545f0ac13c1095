import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { WebhookSuppression } from '@craft-easy/backstage-plugin-operations-common/internal';
import { webhookSuppressPermission } from '@craft-easy/backstage-plugin-operations-common';
import { useMay } from '../access/useMay';
import { ActionButton, ActionDialog } from '../components/actions';
import { Countdown } from '../components/Countdown';
import { Person } from '../components/Person';
import { Section } from '../components/Stack';
import { Quote } from '../components/text';
import { type Column, countColumn, DataTable } from '../components/table';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { webhookMessages, type WebhookT } from './messages';
import { WEBHOOK_TOPICS } from './params';

const columns = (t: WebhookT): Array<Column<WebhookSuppression>> => [
  {
    title: t('muted.what'),
    phone: 'head',
    render: ({ tenant, endpoint, eventType }) =>
      t('muted.row', {
        tenant,
        endpoint: endpoint ?? t('muted.allEndpoints'),
        event: eventType ?? t('muted.allEvents'),
      }),
  },
  {
    title: t('muted.why'),
    render: row => (
      <>
        <Quote text={row.reason} /> <Person of={row.createdBy} />
      </>
    ),
  },
  countColumn(t('muted.count'), row => row.count, { width: 100 }),
  {
    title: t('muted.until'),
    width: 160,
    render: row => <Countdown from={row.createdAt} until={row.until} />,
  },
];

/** Lists the suppressions in force, each with its countdown; nothing where there is none. */
export function Suppressions() {
  const { t } = useTranslationRef(webhookMessages);
  const [ending, setEnding] = useState<WebhookSuppression>();
  const may = useMay(webhookSuppressPermission);
  const live = useLive(
    'GET /webhook-suppressions',
    { query: { active: true, limit: 100 } },
    { topics: WEBHOOK_TOPICS },
  );
  const rows = live.data?.items ?? [];
  if (rows.length === 0) return null;
  return (
    <Section
      title={t('muted.title')}
      aside={t('muted.active', { count: rows.length })}
    >
      <DataTable
        label={t('muted.table')}
        failure={t('muted.failure')}
        columns={columns(t)}
        rows={rows}
        rowKey={row => row.id}
        rowActions={row => (
          <ActionButton
            capability={may}
            rank="tertiary"
            onClick={() => setEnding(row)}
          >
            {t('muted.end.action')}
          </ActionButton>
        )}
        empty={null}
      />
      {ending && (
        <ActionDialog
          action="webhook.suppression.end"
          onClose={() => setEnding(undefined)}
          title={t('muted.end.title', { tenant: ending.tenant })}
          button={t('muted.end.action')}
          facts={[t('muted.end.fact')]}
          endpoint="POST /webhook-suppressions/:id/end"
          params={{ id: ending.id }}
          outcome={() => t('muted.end.outcome')}
        />
      )}
    </Section>
  );
}
