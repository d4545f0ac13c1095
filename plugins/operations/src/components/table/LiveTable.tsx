import { useTranslationRef } from '@backstage/frontend-plugin-api';
import ArrowUpward from '@material-ui/icons/ArrowUpward';
import { commonMessages } from '../messages';
import { styles } from '../styles';
import { DataTable, type DataTableProps } from './DataTable';
import { Pager } from './Pager';
import type { LiveRows } from './useLiveRows';
import { Button } from '../buttons';

/** As high as the gap that there is above a table, in px. */
const PILL = 26;

const useStyles = styles('LiveTable', theme => ({
  waiting: {
    position: 'sticky',
    top: 8 + PILL / 2,
    zIndex: 2,
    height: 0,
    display: 'flex',
    justifyContent: 'center',
    alignItems: 'flex-start',
    // over the rows, but not over the words of the table's head: in the gap above it
    '& > *': { transform: 'translateY(-50%)' },
    '& button, & button:hover': {
      minHeight: PILL,
      paddingTop: 0,
      paddingBottom: 0,
      backgroundColor: theme.palette.background.paper,
      boxShadow: theme.shadows[2],
    },
  },
  // not worth a flash where the answer is there at once
  loading: {
    minHeight: PILL,
    padding: '2px 16px',
    borderRadius: theme.shape.borderRadius,
    boxShadow: theme.shadows[2],
    backgroundColor: theme.palette.background.paper,
    fontSize: '0.875rem',
    animation: '$appear 1ms 300ms both',
  },
  '@keyframes appear': { from: { opacity: 0 }, to: { opacity: 1 } },
}));

/**
 * A list with its pages. New rows wait behind a button, which takes no room until there are any.
 */
export function LiveTable<T>(
  props: Omit<DataTableProps<T>, 'live' | 'rows' | 'rowKey' | 'bodyProps'> & {
    list: LiveRows<T>;
    /** the text of that button: "3 new runs" */
    waiting?: (n: number) => string;
    /** the name of what the pages are of, where it is not the list */
    pagesOf?: string;
  },
) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const { list, waiting, pagesOf = props.label, ...table } = props;
  const { data, held, rows } = list;
  let text: string | undefined;
  // new rows belong to the first page, except where the user has chosen another order
  if (held && waiting && (props.sorting || list.paging.page === 1)) {
    if (held.waiting > 0) text = waiting(held.waiting);
    else if (held.reordered && props.sorting) text = t('table.reordered');
  }
  return (
    <>
      <div className={classes.waiting} role="status">
        {list.switching && (
          <span className={classes.loading}>{t('table.loading')}</span>
        )}
        {held && text && !list.switching && (
          <Button startIcon={<ArrowUpward />} onClick={held.release}>
            {text}
          </Button>
        )}
      </div>
      <DataTable
        {...table}
        live={list}
        rows={rows}
        rowKey={list.rowKey}
        bodyProps={held?.holdProps}
      />
      {data && (
        <Pager
          paging={list.paging}
          shown={rows?.length ?? 0}
          total={data.totalItems}
          nextCursor={data.pageInfo.nextCursor}
          label={pagesOf}
        />
      )}
    </>
  );
}
