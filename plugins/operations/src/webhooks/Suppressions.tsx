import { useState } from 'react';
import type { WebhookSuppression } from '@craft-easy/backstage-plugin-operations-common/internal';
import { webhookSuppressPermission } from '@craft-easy/backstage-plugin-operations-common';
import { useMay } from '../access/useMay';
import { ActionButton, ActionDialog } from '../components/actions';
import { Countdown } from '../components/Countdown';
import { Person } from '../components/Person';
import { Section } from '../components/Stack';
import { type Column, countColumn, DataTable } from '../components/table';
import { useLive } from '../hooks/useLive';
import { WEBHOOK_TOPICS } from './params';

const COLUMNS: Array<Column<WebhookSuppression>> = [
  {
    title: 'What',
    phone: 'head',
    render: ({
      tenant,
      endpoint = 'all endpoints',
      eventType = 'all events',
    }) => `${tenant} · ${endpoint} · ${eventType}`,
  },
  {
    title: 'Why',
    render: row => (
      <>
        “{row.reason}” <Person of={row.createdBy} />
      </>
    ),
  },
  countColumn('Suppressed', row => row.count, { width: 100 }),
  {
    title: 'Until',
    width: 160,
    render: row => <Countdown from={row.createdAt} until={row.until} />,
  },
];

/** Lists the suppressions in force, each with its countdown; nothing where there is none. */
export function Suppressions() {
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
    <Section title="Suppressed until" aside={`${rows.length} in force`}>
      <DataTable
        label="Suppressions in force"
        failure="The suppressions could not be loaded"
        columns={COLUMNS}
        rows={rows}
        rowKey={row => row.id}
        rowActions={row => (
          <ActionButton
            capability={may}
            variant="text"
            onClick={() => setEnding(row)}
          >
            End now
          </ActionButton>
        )}
        empty={null}
      />
      {ending && (
        <ActionDialog
          action="webhook.suppression.end"
          onClose={() => setEnding(undefined)}
          title={`End the suppression of ${ending.tenant}`}
          button="End now"
          facts={[
            'From now on its failures come into the inbox again. Those recorded as suppressed stay so.',
          ]}
          endpoint="POST /webhook-suppressions/:id/end"
          params={{ id: ending.id }}
          outcome={() => 'The suppression has ended.'}
        />
      )}
    </Section>
  );
}
