import type { HTMLAttributes, ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import ArrowDownward from '@material-ui/icons/ArrowDownward';
import ArrowUpward from '@material-ui/icons/ArrowUpward';
import { commonMessages } from '../messages';
import type { Live } from '@craft-easy/backstage-plugin-operations-react';
import { ErrorNotice } from '../ErrorNotice';
import { FilteredEmpty } from '../EmptyState';
import { Skeleton } from '../Skeleton';
import { useMade } from '../Outcomes';
import { useTableStyles } from './styles';
import { ROW_ACTIONS, useRowKeys } from './useRowKeys';
import { Hidden } from '../text';

/** A column of a {@link DataTable}. */
export interface Column<T> {
  /** differs from those of the other columns */
  title: string;
  render: (row: T) => ReactNode;
  /** figures are right-aligned, so that they compare */
  align?: 'left' | 'right';
  /** the backend's name of this order, if there is one */
  sort?: string;
  /** the order of the first click: descending for figures, else ascending */
  firstOrder?: Sorting['order'];
  /** CSS width; columns without one share the rest */
  width?: number | string;
  /** the title is for screen readers only (a column of buttons) */
  hideTitle?: boolean;
  /** on a phone: heads the card, has a row with its title, or is left out */
  phone?: 'head' | 'row' | 'hide';
  /** the column is left out in a window narrower than this, in px */
  minWindow?: 960 | 1280 | 1440;
}

/** The order of the rows, as the URL holds it. */
export interface Sorting {
  by: string;
  order: 'asc' | 'desc';
  onChange: (by: string, order: 'asc' | 'desc') => void;
}

/** Properties of {@link DataTable}. */
export interface DataTableProps<T> {
  /** the name of the table for screen readers */
  label: string;
  /** where the rows cannot be loaded: "The jobs could not be loaded" */
  failure: string;
  columns: Array<Column<T>>;
  /** undefined: not known yet */
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  /** the buttons of a row, shown on hover and focus, and always where there is no hover */
  rowActions?: (row: T) => ReactNode;
  /** the buttons always show, in a line of their own width: for the few rows that are acted upon */
  actionsShown?: boolean;
  /** called on a click anywhere in the row but on a control */
  onRowClick?: (row: T) => void;
  rowTone?: (row: T) => 'bad' | 'faded' | undefined;
  selectedKey?: string;
  sorting?: Sorting;
  /** the data of the rows, if it is fetched */
  live?: Live<unknown>;
  /** present exactly if any filter is on: decides which empty state shows */
  onClearFilters?: () => void;
  /** where no row matches the filters: "No jobs match these filters" */
  noMatch?: string;
  empty: ReactNode;
  /** number of rows of the skeleton */
  expectedRows?: number;
  bodyProps?: HTMLAttributes<HTMLElement>;
  /** columns keep their widths and long text is cut: for rows of one height */
  fixed?: boolean;
}

/**
 * The table of every list: a real `<table>` with dense rows, a skeleton of its own layout, sorting,
 * keyboard navigation, and each state of a list. On a phone each row becomes a small card.
 */
export function DataTable<T>(props: DataTableProps<T>) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useTableStyles();
  const rowKeys = useRowKeys<HTMLTableSectionElement>();
  const { columns, live } = props;
  // the rows belong to the previous filters, and are about to be replaced
  const busy = live?.switching;
  // that there are none is not known yet of the new filters
  const rows = busy && props.rows?.length === 0 ? undefined : props.rows;

  if (rows === undefined && live?.error) {
    return (
      <ErrorNotice
        title={props.failure}
        error={live.error}
        onRetry={live.refresh}
        retried
      />
    );
  }
  if (rows?.length === 0) {
    return (
      <div className={classes.frame}>
        {props.onClearFilters ? (
          <FilteredEmpty
            title={props.noMatch ?? t('table.noMatch')}
            onClear={props.onClearFilters}
          />
        ) : (
          props.empty
        )}
      </div>
    );
  }
  return (
    <div className={classes.frame} {...props.bodyProps}>
      <table
        className={[
          classes.table,
          props.fixed ? classes.fixed : '',
          props.rowActions && !props.actionsShown ? classes.withActions : '',
          busy ? classes.busy : '',
        ].join(' ')}
        aria-label={props.label}
        aria-busy={rows === undefined || busy || undefined}
      >
        <thead className={classes.head}>
          <tr>
            {columns.map(column => (
              <HeaderCell
                key={column.title}
                column={column}
                sorting={props.sorting}
              />
            ))}
            {props.rowActions && (
              <th scope="col" className={classes.actionsHead}>
                <Hidden>{t('table.actions')}</Hidden>
              </th>
            )}
          </tr>
        </thead>
        {/* it listens for the arrow keys of the controls within it */}
        <tbody {...rowKeys}>
          {rows === undefined ? (
            <SkeletonRows
              columns={columns}
              rows={props.expectedRows ?? 8}
              actions={!!props.rowActions}
            />
          ) : (
            rows.map(row => (
              <BodyRow key={props.rowKey(row)} row={row} {...props} />
            ))
          )}
        </tbody>
      </table>
    </div>
  );
}

function columnClass<T>(
  classes: ReturnType<typeof useTableStyles>,
  column: Column<T>,
): string {
  return [
    column.align === 'right' ? classes.right : '',
    column.minWindow === 1440 ? classes.widest : '',
    column.minWindow === 1280 ? classes.wide : '',
    column.minWindow === 960 ? classes.medium : '',
    column.phone === 'head' ? classes.phoneHead : '',
    column.phone === 'hide' ? classes.phoneHide : '',
  ].join(' ');
}

function HeaderCell<T>(props: { column: Column<T>; sorting?: Sorting }) {
  const classes = useTableStyles();
  const { column, sorting } = props;
  const active = sorting && column.sort === sorting.by;
  const ascending = sorting?.order === 'asc';
  const first =
    column.firstOrder ?? (column.align === 'right' ? 'desc' : 'asc');
  let next = first;
  if (active) next = ascending ? 'desc' : 'asc';
  let content: ReactNode = column.title;
  if (column.hideTitle) {
    content = <Hidden>{column.title}</Hidden>;
  } else if (sorting && column.sort) {
    const Arrow = ascending ? ArrowUpward : ArrowDownward;
    content = (
      <button
        type="button"
        className={classes.sort}
        onClick={() => sorting.onChange(column.sort!, next)}
      >
        {column.title}
        {active && <Arrow aria-hidden />}
      </button>
    );
  }
  let ariaSort: 'ascending' | 'descending' | undefined;
  if (active) ariaSort = ascending ? 'ascending' : 'descending';
  return (
    <th
      scope="col"
      style={{ width: column.width }}
      className={columnClass(classes, column)}
      aria-sort={ariaSort}
    >
      {content}
    </th>
  );
}

function BodyRow<T>(props: DataTableProps<T> & { row: T }) {
  const classes = useTableStyles();
  const made = useMade();
  const { row, onRowClick } = props;
  const tone = props.rowTone?.(row);
  const selected = props.selectedKey === props.rowKey(row);
  return (
    // The row's own link does the same for the keyboard: the row is a larger target for a pointer.
    <tr
      className={[
        classes.row,
        onRowClick ? classes.clickable : '',
        tone ? classes[tone] : '',
        selected ? classes.selected : '',
        made.has(props.rowKey(row)) ? classes.made : '',
      ].join(' ')}
      aria-current={selected || undefined}
      onClick={
        onRowClick &&
        (event => {
          const target = event.target as HTMLElement;
          const selecting = window.getSelection()?.toString();
          if (!target.closest('a, button, input, label') && !selecting)
            onRowClick(row);
        })
      }
    >
      {props.columns.map(column => (
        <td
          key={column.title}
          className={columnClass(classes, column)}
          data-title={column.hideTitle ? undefined : column.title}
        >
          {column.render(row)}
        </td>
      ))}
      {props.rowActions && (
        <td
          className={
            props.actionsShown ? classes.shownCell : classes.actionsCell
          }
        >
          <span
            className={
              props.actionsShown ? classes.shownActions : classes.actions
            }
            {...ROW_ACTIONS}
          >
            {props.rowActions(row)}
          </span>
        </td>
      )}
    </tr>
  );
}

function SkeletonRows<T>(props: {
  columns: Array<Column<T>>;
  rows: number;
  actions: boolean;
}) {
  const classes = useTableStyles();
  return (
    <>
      {Array.from({ length: props.rows }, (_, index) => (
        <tr key={index} className={classes.row} data-skeleton>
          {props.columns.map(column => (
            <td key={column.title} className={columnClass(classes, column)}>
              {/* uneven, as text is */}
              <Skeleton width={`${45 + ((index * 37) % 45)}%`} />
            </td>
          ))}
          {props.actions && <td />}
        </tr>
      ))}
    </>
  );
}
