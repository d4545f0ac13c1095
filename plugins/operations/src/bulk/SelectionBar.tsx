import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Checkbox from '@material-ui/core/Checkbox';
import { PlainButton } from '../components/buttons';
import { framed, styles, wrapped } from '../components/styles';
import type { Column } from '../components/table';
import { bulkMessages, type BulkT } from './messages';
import type { Selection } from './useSelection';

const useStyles = styles('SelectionBar', theme => ({
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
export function SelectionBar(props: {
  /** of the rows on the page */
  ids: string[];
  /** how many the filter matches */
  total: number;
  selection: Selection;
  /** most that are selected one by one */
  max: number;
  /** says that all are selected, and what selects them, with how many they are */
  words: { all: string; selectAll: string };
  /** what can be done to so many */
  actions: (chosen: number) => ReactNode;
}) {
  const classes = useStyles();
  const { t } = useTranslationRef(bulkMessages);
  const { ids, selection, total, max, words } = props;
  const onPage = ids.filter(id => selection.ids.has(id)).length;
  const chosen = selection.all ? total : selection.ids.size;
  const tooMany = !selection.all && selection.ids.size > max;
  return (
    <div className={classes.root} role="toolbar" aria-label={t('title')}>
      <Checkbox
        size="small"
        color="primary"
        checked={selection.all || (ids.length > 0 && onPage === ids.length)}
        indeterminate={!selection.all && onPage > 0 && onPage < ids.length}
        inputProps={{ 'aria-label': t('selectPage') }}
        onChange={(_, checked) =>
          selection.all ? selection.clear() : selection.toggle(ids, checked)
        }
      />
      <span role="status">
        {chosen === 0 && t('none')}
        {chosen > 0 &&
          (selection.all ? words.all : t('selected', { count: chosen }))}
      </span>
      {!selection.all && total > ids.length && (
        <PlainButton onClick={selection.selectAll}>
          {words.selectAll}
        </PlainButton>
      )}
      {chosen > 0 && (
        <PlainButton onClick={selection.clear}>{t('clear')}</PlainButton>
      )}
      {tooMany && <span>{t('tooMany', { max })}</span>}
      <span className={classes.grow} />
      {chosen > 0 && !tooMany && props.actions(chosen)}
    </div>
  );
}

/** The column of checkboxes. */
export function selectColumn<T>(
  t: BulkT,
  selection: Selection,
  row: { id: (row: T) => string; name: (row: T) => string },
): Column<T> {
  return {
    title: t('select'),
    hideTitle: true,
    width: 44,
    render: one => (
      <Checkbox
        size="small"
        color="primary"
        style={{ padding: 4 }}
        checked={selection.all || selection.ids.has(row.id(one))}
        disabled={selection.all}
        inputProps={{ 'aria-label': t('selectRow', { name: row.name(one) }) }}
        onChange={(_, checked) => selection.toggle([row.id(one)], checked)}
      />
    ),
  };
}
