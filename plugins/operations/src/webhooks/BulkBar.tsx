import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  MAX_WEBHOOK_SELECTION,
  type WebhookAction,
  type WebhookFilter,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  webhookHandlePermission,
  webhookReplayPermission,
  webhookSuppressPermission,
  type WebhookFailure,
} from '@craft-easy/backstage-plugin-operations-common';
import { useMay } from '../access/useMay';
import { SelectionBar } from '../bulk/SelectionBar';
import type { Selection } from '../bulk/useSelection';
import { ActionButton } from '../components/actions';
import { BulkDialog } from './dialogs/BulkDialog';
import { webhookMessages } from './messages';
import { ACTIONS } from './words';

/**
 * Selects the rows of the page, or all that the filter matches, and says how many before anything
 * is done to them.
 */
export function BulkBar(props: {
  rows: WebhookFailure[];
  total: number;
  totalIsExact: boolean;
  filter: WebhookFilter;
  selection: Selection;
}) {
  const { t } = useTranslationRef(webhookMessages);
  const [action, setAction] = useState<WebhookAction>();
  const may = {
    replay: useMay(webhookReplayPermission),
    suppress: useMay(webhookSuppressPermission),
    handle: useMay(webhookHandlePermission),
  };
  const { rows, selection, total: count } = props;
  const words = props.totalIsExact
    ? {
        all: t('bulk.all', { count }),
        selectAll: t('bulk.selectAll', { count }),
      }
    : {
        all: t('bulk.allMoreThan', { count }),
        selectAll: t('bulk.selectAllMoreThan', { count }),
      };
  return (
    <>
      <SelectionBar
        ids={rows.map(row => row.id)}
        total={count}
        selection={selection}
        max={MAX_WEBHOOK_SELECTION}
        words={words}
        actions={chosen =>
          ACTIONS.map(name => (
            <ActionButton
              key={name}
              capability={may[name]}
              rank={name === 'replay' ? 'primary' : 'secondary'}
              onClick={() => setAction(name)}
            >
              {t(`actionsOn.${name}`, { count: chosen })}
            </ActionButton>
          ))
        }
      />
      {action && (
        <BulkDialog
          action={action}
          ids={selection.all ? undefined : [...selection.ids]}
          filter={props.filter}
          onClose={() => setAction(undefined)}
          onDone={selection.clear}
        />
      )}
    </>
  );
}
