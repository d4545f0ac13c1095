import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
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
import { absoluteTime } from '../components/time';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { flagMessages, type FlagT } from './messages';
import { changesText, servedText } from './words';

const columns = (t: FlagT): Array<Column<FlagChange>> => [
  timeColumn(t('history.when'), change => change.at),
  {
    title: t('history.who'),
    phone: 'head',
    render: change =>
      t(`history.kinds.${change.kind}`, {
        person: <Person of={change.actor} />,
        reason: change.reason,
      }),
  },
  {
    title: t('history.what'),
    render: change => {
      const lines = changesText(t, change.before, change.after);
      return lines.length > 0
        ? lines.map(line => <div key={line}>{line}</div>)
        : t('history.serves', {
            variant: servedText(t, change.after?.variant),
          });
    },
  },
];

/** Lists the changes of a flag, by whom and why, and reverts each of them. */
export function FlagHistory(props: {
  flagKey: string;
  may: Capability | undefined;
}) {
  const { t } = useTranslationRef(flagMessages);
  const { flagKey: key } = props;
  const [undoing, setUndoing] = useState<FlagChange>();
  const flag = useLive(
    'GET /flags/:key',
    { params: { key } },
    { topics: ['flags'] },
  );
  const history = useLive(
    'GET /flags/:key/history',
    { params: { key }, query: { limit: 100 } },
    { topics: ['flags'] },
  );
  return (
    <Section
      title={t('history.title', { key })}
      aside={
        <AuditLink of={{ target: `flag:${key}` }}>
          {t('history.audit')}
        </AuditLink>
      }
    >
      <DataTable
        label={t('history.title', { key })}
        failure={t('history.failure')}
        columns={columns(t)}
        rows={history.data?.items}
        rowKey={change => change.id}
        live={history}
        expectedRows={3}
        empty={<EmptyState title={t('history.empty')} />}
        rowActions={change => (
          <ActionButton
            capability={
              change.before
                ? props.may
                : { allowed: false, reason: t('history.nothingBefore') }
            }
            label={t('history.undoChange', { time: absoluteTime(change.at) })}
            onClick={() => setUndoing(change)}
          >
            {t('history.undo')}
          </ActionButton>
        )}
      />
      {undoing && flag.data && (
        <ActionDialog
          action="flag.revert"
          onClose={() => setUndoing(undefined)}
          title={t('history.undoDialog.title', { key })}
          button={t('history.undo')}
          facts={[
            t('history.undoDialog.effect', {
              reason: undoing.reason,
              variant: (
                <strong>{servedText(t, undoing.before!.variant)}</strong>
              ),
            }),
            t('history.undoDialog.again'),
          ]}
          endpoint="POST /flags/:key/revert"
          params={{ key }}
          ifMatch={flag.data!.etag}
          body={() => ({ changeId: undoing.id })}
          outcome={({ flag: changed }) =>
            t('history.undoDialog.outcome', {
              key: changed.key,
              variant: servedText(t, changed.serving),
            })
          }
        />
      )}
    </Section>
  );
}
