import { useState } from 'react';
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
import { PlainButton } from '../components/text';
import { ACTIONS, VERBS } from './words';

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
  const [action, setAction] = useState<WebhookAction>();
  const may = {
    replay: useMay(webhookReplayPermission),
    suppress: useMay(webhookSuppressPermission),
    handle: useMay(webhookHandlePermission),
  };
  const { rows, selection, total } = props;
  const onPage = rows.filter(row => selection.ids.has(row.id)).length;
  const chosen = selection.all ? total : selection.ids.size;
  const atLeast = props.totalIsExact ? '' : 'more than ';
  const totalText = `${atLeast}${total.toLocaleString()}`;
  const tooMany = !selection.all && selection.ids.size > MAX_WEBHOOK_SELECTION;
  return (
    <div className={classes.root} role="toolbar" aria-label="Bulk actions">
      <Checkbox
        size="small"
        color="primary"
        checked={selection.all || (rows.length > 0 && onPage === rows.length)}
        indeterminate={!selection.all && onPage > 0 && onPage < rows.length}
        inputProps={{ 'aria-label': 'Select all on this page' }}
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
        {chosen === 0 && 'None selected'}
        {chosen > 0 &&
          (selection.all
            ? `All ${totalText} that match are selected`
            : `${chosen.toLocaleString()} selected`)}
      </span>
      {!selection.all && total > rows.length && (
        <PlainButton onClick={selection.selectAll}>
          Select all {totalText} that match
        </PlainButton>
      )}
      {chosen > 0 && (
        <PlainButton onClick={selection.clear}>Clear selection</PlainButton>
      )}
      {tooMany && (
        <span>
          More than {MAX_WEBHOOK_SELECTION} go by filter: select all that match
        </span>
      )}
      <span className={classes.grow} />
      {chosen > 0 &&
        !tooMany &&
        ACTIONS.map(name => (
          <ActionButton
            key={name}
            capability={may[name]}
            primary={name === 'replay'}
            onClick={() => setAction(name)}
          >
            {VERBS[name]} {chosen.toLocaleString()}
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
