import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  MAX_RUN_SELECTION,
  type RunBulkAction,
  type RunFilter,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobCancelPermission,
  jobRetryPermission,
  type Run,
} from '@craft-easy/backstage-plugin-operations-common';
import { useMay } from '../../access/useMay';
import { SelectionBar } from '../../bulk/SelectionBar';
import type { Selection } from '../../bulk/useSelection';
import { ActionButton } from '../../components/actions';
import { runMessages } from '../messages';
import { RunBulkDialog } from './RunBulkDialog';

/** Selects runs, and retries or cancels them. */
export function RunBulkBar(props: {
  rows: Run[];
  total: number;
  totalIsExact: boolean;
  filter: RunFilter;
  selection: Selection;
}) {
  const { t } = useTranslationRef(runMessages);
  const [action, setAction] = useState<RunBulkAction>();
  const retry = useMay(jobRetryPermission);
  const cancel = useMay(jobCancelPermission);
  const { rows, selection, total: count, totalIsExact } = props;
  return (
    <>
      <SelectionBar
        ids={rows.map(row => row.id)}
        total={count}
        selection={selection}
        max={MAX_RUN_SELECTION}
        words={
          totalIsExact
            ? {
                all: t('bulk.all', { count }),
                selectAll: t('bulk.selectAll', { count }),
              }
            : {
                all: t('bulk.allMoreThan', { count }),
                selectAll: t('bulk.selectAllMoreThan', { count }),
              }
        }
        actions={() => (
          <>
            <ActionButton
              capability={retry}
              rank="primary"
              onClick={() => setAction('retry')}
            >
              {t('bulk.retry')}
            </ActionButton>
            <ActionButton
              capability={cancel}
              onClick={() => setAction('cancel')}
            >
              {t('bulk.cancel')}
            </ActionButton>
          </>
        )}
      />
      {action && (
        <RunBulkDialog
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
