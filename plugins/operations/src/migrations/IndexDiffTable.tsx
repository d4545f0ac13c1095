import type { IndexDiff } from '@craft-easy/backstage-plugin-operations-common/internal';
import { monospace, styles } from '../components/styles';
import { Section } from '../components/Stack';
import { DataTable, type Column } from '../components/table';
import { indexText } from './words';

type Index = IndexDiff['missing'][number];

interface Row {
  key: string;
  declared?: Index;
  actual?: Index;
  verdict: string;
}

const useStyles = styles('IndexDiff', { mono: monospace });

/**
 * The indexes of a collection: those that models declare, left, those that the server has, right;
 * the differences first.
 */
export function IndexDiffTable(props: { diff: IndexDiff }) {
  const classes = useStyles();
  const cell = (index: Index | undefined) =>
    index ? <span className={classes.mono}>{indexText(index)}</span> : '–';
  const columns: Array<Column<Row>> = [
    { title: 'Declared', phone: 'head', render: row => cell(row.declared) },
    { title: 'On the server', render: row => cell(row.actual) },
    { title: 'So', width: 220, render: row => row.verdict },
  ];
  return (
    <Section title={`Indexes of ${props.diff.collection}`}>
      <DataTable
        label={`Indexes of ${props.diff.collection}`}
        failure="The indexes could not be loaded"
        columns={columns}
        rows={rowsOf(props.diff)}
        rowKey={row => row.key}
        rowTone={row => (row.verdict === 'the same' ? 'faded' : undefined)}
        empty="None but the one on _id"
      />
    </Section>
  );
}

function rowsOf(diff: IndexDiff): Row[] {
  const row = (more: Omit<Row, 'key'>): Row => ({
    ...more,
    key: JSON.stringify([more.verdict, more.declared, more.actual]),
  });
  return [
    ...diff.missing.map(declared =>
      row({ declared, verdict: '+ to be created' }),
    ),
    ...diff.changed.map(({ declared, actual }) =>
      row({ declared, actual, verdict: '≠ other options' }),
    ),
    ...diff.extra.map(actual =>
      row({ actual, verdict: '− declared by no model' }),
    ),
    ...diff.same.map(same =>
      row({ declared: same, actual: same, verdict: 'the same' }),
    ),
  ];
}
