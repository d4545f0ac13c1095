import { useState } from 'react';
import Button from '@material-ui/core/Button';
import type {
  Capability,
  FlagChange,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { AuditLink } from '../audit/AuditLink';
import { ActionButton, ActionDialog } from '../components/actions';
import { EmptyState } from '../components/EmptyState';
import { Person } from '../components/Person';
import { Section } from '../components/Stack';
import { type Column, DataTable, timeColumn } from '../components/table';
import { useLive } from '../hooks/useLive';
import { changesText, servedText } from './words';

const COLUMNS: Array<Column<FlagChange>> = [
  timeColumn('When', change => change.at, { width: 130 }),
  {
    title: 'By whom, why',
    phone: 'head',
    render: change => (
      <>
        <Person of={change.actor} /> {change.kind} it: “{change.reason}”
      </>
    ),
  },
  {
    title: 'What',
    render: change => {
      const lines = changesText(change.before, change.after);
      return lines.length > 0
        ? lines.map(line => <div key={line}>{line}</div>)
        : `serves ${servedText(change.after?.variant ?? null)}`;
    },
  },
];

/** Lists the changes of a flag, by whom and why, and reverts each of them. */
export function FlagHistory(props: {
  flagKey: string;
  may: Capability | undefined;
  onClose: () => void;
}) {
  const { flagKey } = props;
  const [undoing, setUndoing] = useState<FlagChange>();
  const flag = useLive(
    'GET /flags/:key',
    { params: { key: flagKey } },
    { topics: ['flags'] },
  );
  const history = useLive(
    'GET /flags/:key/history',
    { params: { key: flagKey }, query: { limit: 100 } },
    { topics: ['flags'] },
  );
  return (
    <Section
      title={`History of ${flagKey}`}
      aside={
        <>
          <AuditLink of={{ target: `flag:${flagKey}` }}>
            In the audit trail
          </AuditLink>{' '}
          <Button size="small" onClick={props.onClose}>
            Close
          </Button>
        </>
      }
    >
      <DataTable
        label={`History of ${flagKey}`}
        failure="The changes could not be loaded"
        columns={COLUMNS}
        rows={history.data?.items}
        rowKey={change => change.id}
        live={history}
        expectedRows={3}
        empty={<EmptyState title="Nothing was done to it" />}
        rowActions={change => (
          <ActionButton
            capability={
              change.before
                ? props.may
                : { allowed: false, reason: 'There was nothing before it.' }
            }
            label={`Undo the change of ${change.at}`}
            onClick={() => setUndoing(change)}
          >
            Undo
          </ActionButton>
        )}
      />
      {undoing && flag.data && (
        <ActionDialog
          action="flag.revert"
          onClose={() => setUndoing(undefined)}
          title={`Undo a change of ${flagKey}`}
          button="Undo"
          facts={[
            <>
              It becomes as it was before “{undoing.reason}”, and serves{' '}
              <strong>{servedText(undoing.before!.variant)}</strong>.
            </>,
            'This is a change too, and can be undone.',
          ]}
          endpoint="POST /flags/:key/revert"
          params={{ key: flagKey }}
          ifMatch={flag.data!.etag}
          body={() => ({ changeId: undoing.id })}
          outcome={({ flag: changed }) =>
            `${changed.key} serves ${servedText(changed.serving)} again.`
          }
        />
      )}
    </Section>
  );
}
