import { useTranslationRef } from '@backstage/frontend-plugin-api';
import DeleteSweep from '@material-ui/icons/DeleteSweepOutlined';
import type {
  CachePreview,
  CacheTargetSummary,
  Capability,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { styles } from '../components/styles';
import { clockTime } from '../components/time';
import { ActionButton } from '../components/actions';
import { numberText } from '../components/format';
import { useReasonText } from '../components/reasons/words';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { DataTable, type Column } from '../components/table';
import { cacheMessages, type CacheT } from './messages';
import { bytesText, ttlText } from './words';

type Sample = CachePreview['sample'][number];

const useStyles = styles('PreviewPanel', theme => ({
  root: {
    marginTop: theme.spacing(2),
    '& > * + *': { marginTop: theme.spacing(1) },
  },
  sentence: { fontSize: '1rem', margin: 0 },
  list: { margin: 0, paddingLeft: theme.spacing(2.5) },
}));

const columns = (t: CacheT): Array<Column<Sample>> => [
  {
    title: t('preview.key'),
    phone: 'head',
    render: fact => <MiddleTruncate text={fact.key} mono copy={t('copyKey')} />,
  },
  { title: t('preview.type'), width: 110, render: fact => fact.type },
  {
    title: t('preview.size'),
    align: 'right',
    width: 110,
    render: fact =>
      fact.bytes === undefined
        ? t('preview.unknownSize')
        : bytesText(fact.bytes),
  },
  {
    title: t('preview.expires'),
    align: 'right',
    width: 130,
    render: fact => ttlText(t, fact.ttlMs),
  },
];

/** Shows what a purge would remove, before anything is done. */
export function PreviewPanel(props: {
  preview: CachePreview;
  target: CacheTargetSummary;
  onPurge: () => void;
}) {
  const classes = useStyles();
  const { t } = useTranslationRef(cacheMessages);
  const { preview, target } = props;
  const { count } = preview;
  const refusal = useReasonText()(preview);
  const capability = mayBegin(t, preview, target);
  return (
    <section className={classes.root} aria-label={t('preview.label')}>
      <p className={classes.sentence} role="status">
        {preview.exact
          ? t('preview.figures', {
              keys: <strong>{t('preview.exact', { count })}</strong>,
              total: numberText(preview.totalKeys),
              bytes: bytesText(preview.bytes),
            })
          : t('preview.figuresEstimated', {
              keys: <strong>{t('preview.estimated', { count })}</strong>,
              total: numberText(preview.totalKeys),
              bytes: bytesText(preview.bytes),
              scanned: numberText(preview.scanned),
            })}
        {preview.missing > 0 &&
          ` ${t('preview.missing', { count: preview.missing })}`}
      </p>
      {!preview.allowed && <p role="alert">{refusal}</p>}
      {preview.skipped.length > 0 && (
        <div>
          {t('preview.skipped')}
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
        label={t('preview.purgeLabel', { count })}
        icon={<DeleteSweep />}
        rank="primary"
        onClick={props.onPurge}
      >
        {preview.exact
          ? t('preview.purge', { count })
          : t('preview.purgeAbout', { count })}
      </ActionButton>
      {preview.sample.length > 0 && (
        <DataTable
          label={t('preview.sample')}
          failure={t('form.failure')}
          columns={columns(t)}
          rows={preview.sample}
          rowKey={fact => fact.key}
          empty={null}
        />
      )}
    </section>
  );
}

function mayBegin(
  t: CacheT,
  preview: CachePreview,
  target: CacheTargetSummary,
): Capability {
  if (!preview.allowed) {
    const { reason, words } = preview;
    return { allowed: false, reason, words, rule: 'contract' };
  }
  const until = target.cooldownUntil && new Date(target.cooldownUntil);
  if (target.purge.allowed && until && until.getTime() > Date.now()) {
    const time = clockTime(until.getTime(), Date.now());
    return {
      allowed: false,
      reason: t('preview.cooldown', { cache: target.title, time }),
      rule: 'state',
    };
  }
  return target.purge;
}
