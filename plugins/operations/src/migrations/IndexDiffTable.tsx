import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { IndexDiff } from '@craft-easy/backstage-plugin-operations-common/internal';
import { monospace, styles } from '../components/styles';
import { Section } from '../components/Stack';
import { DataTable, type Column } from '../components/table';
import { migrationMessages } from './messages';
import { indexText } from './words';

type Index = IndexDiff['missing'][number];

interface Row {
  key: string;
  declared?: Index;
  actual?: Index;
  result: 'create' | 'differ' | 'undeclared' | 'same';
}

const useStyles = styles('IndexDiff', { mono: monospace });

/**
 * The indexes of a collection: those that models declare, left, those that the server has, right;
 * the differences first.
 */
export function IndexDiffTable(props: { diff: IndexDiff }) {
  const classes = useStyles();
  const { t } = useTranslationRef(migrationMessages);
  const title = t('indexes.title', { collection: props.diff.collection });
  const cell = (index: Index | undefined) =>
    index ? <span className={classes.mono}>{indexText(index)}</span> : '–';
  const columns: Array<Column<Row>> = [
    {
      title: t('indexes.declared'),
      phone: 'head',
      render: row => cell(row.declared),
    },
    { title: t('indexes.actual'), render: row => cell(row.actual) },
    {
      title: t('indexes.result'),
      width: 220,
      render: row => t(`indexes.results.${row.result}`),
    },
  ];
  return (
    <Section title={title}>
      <DataTable
        label={title}
        failure={t('indexes.failure')}
        columns={columns}
        rows={rowsOf(props.diff)}
        rowKey={row => row.key}
        rowTone={row => (row.result === 'same' ? 'faded' : undefined)}
        empty={t('indexes.empty')}
      />
    </Section>
  );
}

function rowsOf(diff: IndexDiff): Row[] {
  const row = (more: Omit<Row, 'key'>): Row => ({
    ...more,
    key: JSON.stringify([more.result, more.declared, more.actual]),
  });
  return [
    ...diff.missing.map(declared => row({ declared, result: 'create' })),
    ...diff.changed.map(({ declared, actual }) =>
      row({ declared, actual, result: 'differ' }),
    ),
    ...diff.extra.map(actual => row({ actual, result: 'undeclared' })),
    ...diff.same.map(same =>
      row({ declared: same, actual: same, result: 'same' }),
    ),
  ];
}
