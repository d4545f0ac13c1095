import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Checkbox from '@material-ui/core/Checkbox';
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
import { framed, styles, wrapped } from '../components/styles';
import { useMay } from '../access/useMay';
import { ActionButton } from '../components/actions';
import { BulkDialog } from './dialogs/BulkDialog';
import type { Selection } from './useSelection';
import { PlainButton } from '../components/buttons';
import { webhookMessages } from './messages';
import { ACTIONS } from './words';

const useStyles = styles('WebhookBulkBar', theme => ({
  root: {
    ...wrapped,
    gap: theme.spacing(1),
    minHeight: 44,
    padding: theme.spacing(0, 1.5, 0, 0.5),
    ...framed(theme),
    fontSize: '0.875rem',
  },
  grow: { flex: 1 },
}));

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
  const classes = useStyles();
  const { t } = useTranslationRef(webhookMessages);
  const [action, setAction] = useState<WebhookAction>();
  const may = {
    replay: useMay(webhookReplayPermission),
    suppress: useMay(webhookSuppressPermission),
    handle: useMay(webhookHandlePermission),
  };
  const { rows, selection, total } = props;
  const onPage = rows.filter(row => selection.ids.has(row.id)).length;
  const chosen = selection.all ? total : selection.ids.size;
  const all = props.totalIsExact
    ? t('bulk.all', { count: total })
    : t('bulk.allMoreThan', { count: total });
  const tooMany = !selection.all && selection.ids.size > MAX_WEBHOOK_SELECTION;
  return (
    <div className={classes.root} role="toolbar" aria-label={t('bulk.title')}>
      <Checkbox
        size="small"
        color="primary"
        checked={selection.all || (rows.length > 0 && onPage === rows.length)}
        indeterminate={!selection.all && onPage > 0 && onPage < rows.length}
        inputProps={{ 'aria-label': t('bulk.selectPage') }}
        onChange={(_, checked) =>
          selection.all
            ? selection.clear()
            : selection.toggle(
                rows.map(row => row.id),
                checked,
              )
        }
      />
      <span role="status">
        {chosen === 0 && t('bulk.none')}
        {chosen > 0 &&
          (selection.all ? all : t('bulk.selected', { count: chosen }))}
      </span>
      {!selection.all && total > rows.length && (
        <PlainButton onClick={selection.selectAll}>
          {props.totalIsExact
            ? t('bulk.selectAll', { count: total })
            : t('bulk.selectAllMoreThan', { count: total })}
        </PlainButton>
      )}
      {chosen > 0 && (
        <PlainButton onClick={selection.clear}>{t('bulk.clear')}</PlainButton>
      )}
      {tooMany && (
        <span>{t('bulk.tooMany', { max: MAX_WEBHOOK_SELECTION })}</span>
      )}
      <span className={classes.grow} />
      {chosen > 0 &&
        !tooMany &&
        ACTIONS.map(name => (
          <ActionButton
            key={name}
            capability={may[name]}
            rank={name === 'replay' ? 'primary' : 'secondary'}
            onClick={() => setAction(name)}
          >
            {t(`actionsOn.${name}`, { count: chosen })}
          </ActionButton>
        ))}
      {action && (
        <BulkDialog
          action={action}
          ids={selection.all ? undefined : [...selection.ids]}
          filter={props.filter}
          onClose={() => setAction(undefined)}
          onDone={selection.clear}
        />
      )}
    </div>
  );
}
