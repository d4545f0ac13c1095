import DeleteSweep from '@material-ui/icons/DeleteSweepOutlined';
import type {
  CachePreview,
  CacheTargetSummary,
  Capability,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { styles } from '../components/styles';
import { ActionButton } from '../components/actions';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { DataTable, type Column } from '../components/table';
import { bytesText, keysText, ttlText } from './words';

type Sample = CachePreview['sample'][number];

const useStyles = styles('PreviewPanel', theme => ({
  root: {
    marginTop: theme.spacing(2),
    '& > * + *': { marginTop: theme.spacing(1) },
  },
  sentence: { fontSize: '1rem', margin: 0 },
  list: { margin: 0, paddingLeft: theme.spacing(2.5) },
}));

const COLUMNS: Array<Column<Sample>> = [
  {
    title: 'Key',
    phone: 'head',
    render: fact => <MiddleTruncate text={fact.key} mono copy="Copy key" />,
  },
  { title: 'Type', width: 110, render: fact => fact.type },
  {
    title: 'Size',
    align: 'right',
    width: 110,
    render: fact =>
      fact.bytes === undefined ? 'not known' : bytesText(fact.bytes),
  },
  {
    title: 'Expires in',
    align: 'right',
    width: 130,
    render: fact => ttlText(fact.ttlMs),
  },
];

/** Shows what a purge would remove, before anything is done. */
export function PreviewPanel(props: {
  preview: CachePreview;
  target: CacheTargetSummary;
  onPurge: () => void;
}) {
  const classes = useStyles();
  const { preview, target } = props;
  const capability = mayBegin(preview, target);
  return (
    <section className={classes.root} aria-label="Preview">
      <p className={classes.sentence} role="status">
        <strong>
          {preview.exact ? '' : 'about '}
          {keysText(preview.count)}
        </strong>{' '}
        of {preview.totalKeys.toLocaleString()} would go, freeing about{' '}
        {bytesText(preview.bytes)}.{' '}
        {preview.exact
          ? 'Counted.'
          : `Estimated from ${preview.scanned.toLocaleString()} looked at.`}
        {preview.missing > 0 &&
          ` ${keysText(preview.missing)} of those given are not there.`}
      </p>
      {!preview.allowed && <p role="alert">{preview.reason}</p>}
      {preview.skipped.length > 0 && (
        <div>
          Left alone, though matched:
          <ul className={classes.list}>
            {preview.skipped.map(entry => (
              <li key={entry.key}>
                <code>{entry.key}</code> {entry.why}
              </li>
            ))}
          </ul>
        </div>
      )}
      <ActionButton
        capability={capability}
        label={`Purge ${keysText(preview.count)}`}
        icon={<DeleteSweep />}
        primary
        onClick={props.onPurge}
      >
        Purge {preview.exact ? '' : 'about '}
        {keysText(preview.count)}…
      </ActionButton>
      {preview.sample.length > 0 && (
        <DataTable
          label="Sample of the keys"
          failure="The keys could not be loaded"
          columns={COLUMNS}
          rows={preview.sample}
          rowKey={fact => fact.key}
          empty={null}
        />
      )}
    </section>
  );
}

function mayBegin(
  preview: CachePreview,
  target: CacheTargetSummary,
): Capability {
  if (!preview.allowed) {
    return { allowed: false, reason: preview.reason, rule: 'contract' };
  }
  const until = target.cooldownUntil && new Date(target.cooldownUntil);
  if (target.purge.allowed && until && until.getTime() > Date.now()) {
    const time = until.toLocaleTimeString();
    return {
      allowed: false,
      reason: `You purged ${target.title} a moment ago; the next purge may start at ${time}.`,
      rule: 'state',
    };
  }
  return target.purge;
}
