import { useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionButton, ActionDialog } from '../components/actions';
import { EmptyState } from '../components/EmptyState';
import type { FilterBarProps } from '../components/filters';
import { ListPage } from '../components/ListPage';
import { Section } from '../components/Stack';
import {
  DataTable,
  LiveTable,
  useLiveRows,
  type Column,
  type DataTableProps,
  type ListAnswer,
  type LiveRows,
} from '../components/table';
import {
  useLive,
  type Live,
} from '@craft-easy/backstage-plugin-operations-react';
import type { TimedControl } from './columns';
import { ExtendDialog } from './ExtendDialog';
import { controlMessages } from './messages';
import { Button } from '../components';

/**
 * The words and addresses of one kind of control with an end; the rest is the same for all kinds.
 */
export interface ControlKind<T extends TimedControl> {
  /** of the list; `/:id/extend` and `/:id/end` follow it */
  path: '/rate-limit-overrides' | '/maintenance';
  /** the signal after which rows may have changed */
  topic: string;
  /** the title of the page, where there is no answer */
  title: string;
  labels: {
    inForce: string;
    past: string;
    pastSection: string;
    /** "The overrides could not be loaded" */
    failure: string;
    /** "No overrides match these filters" */
    noMatch: string;
  };
  empty: ReactNode;
  emptyPast: string;
  /** the API lists the newest first; this shows what is in force the other way round */
  soonestFirst?: boolean;
  rowTone?: DataTableProps<T>['rowTone'];
  /**
   * what the dialogs say; `action` is the name in the audit trail, and the `title` of extending is
   * also that of its button for screen readers
   */
  extend: (row: T) => { action: string; title: string; done: string };
  end: (row: T) => {
    action: string;
    /** "End the override for acme" */
    title: string;
    /** "End now" */
    button: string;
    /** the button's name for screen readers, with what it says; default: the title */
    label?: string;
    /** "Keep it", where "Cancel" could be mistaken */
    keep?: string;
    facts: string[];
    danger?: boolean;
    done: string;
  };
}

const UNENDED = {
  state: ['active' as const, 'scheduled' as const],
  limit: 200,
};
const PAGE_SIZE = 25;

/**
 * Lists what is in force and planned, and below it what has ended; the user can extend and end
 * each.
 */
export function TimedControlPage<T extends TimedControl>(props: {
  kind: ControlKind<T>;
  columns: { inForce: Array<Column<T>>; past: Array<Column<T>> };
  may: Capability | undefined;
  /** the filters, as the list takes them */
  query: { subject?: string; tenant?: string };
  filters: FilterBarProps;
  /** the button that makes a new one */
  begin: { title: string; onClick: () => void };
  /** of all that are in force and planned, whatever the filters show */
  answer: (inForce: T[]) => string;
  /** content above those in force */
  intro?: (inForce: T[]) => ReactNode;
  /** content between those in force and those that have ended */
  children?: ReactNode;
  /** creates another one like one that has ended */
  onAgain?: (row: T) => void;
}) {
  const { t } = useTranslationRef(controlMessages);
  const { kind, may, query, onAgain } = props;
  const { onClear } = props.filters;
  const [extending, setExtending] = useState<T>();
  const [ending, setEnding] = useState<T>();
  // both kinds answer alike; one stands for both here, since types cannot tell which one it is
  const list = `GET ${kind.path}` as 'GET /maintenance';
  const fresh = { everyMs: 5_000, topics: [kind.topic] };
  // the same request as the next while no filter is on
  const all: Live<unknown> = useLive(list, { query: UNENDED }, fresh);
  const inForce: Live<unknown> = useLive(
    list,
    { query: { ...query, ...UNENDED } },
    fresh,
  );
  const past: LiveRows<any> = useLiveRows(
    list,
    { query: { ...query, state: ['ended', 'cancelled'] } },
    { pageSize: PAGE_SIZE, rowKey: idOf, topics: [kind.topic] },
  );
  const items = itemsOf<T>(inForce);
  const end = ending && kind.end(ending);
  const extend = extending && kind.extend(extending);
  return (
    <ListPage
      title={kind.title}
      live={all}
      list={inForce}
      answer={() => props.answer(itemsOf<T>(all) ?? [])}
      filters={{
        ...props.filters,
        children: (
          <ActionButton
            capability={may}
            rank="primary"
            onClick={props.begin.onClick}
          >
            {props.begin.title}
          </ActionButton>
        ),
      }}
    >
      {items && props.intro?.(items)}
      <DataTable
        label={kind.labels.inForce}
        failure={kind.labels.failure}
        noMatch={kind.labels.noMatch}
        columns={props.columns.inForce}
        rows={kind.soonestFirst && items ? [...items].reverse() : items}
        rowKey={idOf}
        rowTone={kind.rowTone}
        live={inForce}
        expectedRows={2}
        onClearFilters={onClear}
        empty={kind.empty}
        actionsShown
        rowActions={row => {
          const { button, title, label = title } = kind.end(row);
          return (
            <>
              <ActionButton
                capability={may}
                label={kind.extend(row).title}
                onClick={() => setExtending(row)}
              >
                {t('extend.button')}
              </ActionButton>
              <ActionButton
                capability={may}
                label={label}
                onClick={() => setEnding(row)}
              >
                {button}
              </ActionButton>
            </>
          );
        }}
      />
      {props.children}
      <Section title={kind.labels.pastSection}>
        <LiveTable<T>
          list={past}
          label={kind.labels.past}
          failure={kind.labels.failure}
          noMatch={kind.labels.noMatch}
          columns={props.columns.past}
          expectedRows={3}
          onClearFilters={onClear}
          empty={<EmptyState title={kind.emptyPast} />}
          rowActions={
            onAgain &&
            (row => <Button onClick={() => onAgain(row)}>{t('again')}</Button>)
          }
        />
      </Section>
      {extending && extend && (
        <ExtendDialog
          {...extend}
          endpoint={`POST ${kind.path}/:id/extend` as const}
          control={extending}
          onClose={() => setExtending(undefined)}
        />
      )}
      {ending && end && (
        <ActionDialog
          {...end}
          onClose={() => setEnding(undefined)}
          endpoint={`POST ${kind.path}/:id/end` as const}
          params={{ id: ending.id }}
          outcome={() => end.done}
        />
      )}
    </ListPage>
  );
}

function itemsOf<T>(list: Live<unknown>): T[] | undefined {
  return (list.data as ListAnswer<T> | undefined)?.items;
}

function idOf(row: TimedControl): string {
  return row.id;
}
