import { useTranslationRef } from '@backstage/frontend-plugin-api';
import CheckCircle from '@material-ui/icons/CheckCircle';
import { Link } from '@backstage/core-components';
import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { MiddleTruncate } from '../../components/MiddleTruncate';
import { StatusChip } from '../../components/StatusChip';
import { inlineRow, styles, tinted, wrapped } from '../../components/styles';
import { durationText } from '../../components/time';
import { jobMessages } from '../messages';
import type { RunParam } from '../useRunParam';

const useStyles = styles('Aftermath', theme => ({
  retried: {
    ...wrapped,
    gap: theme.spacing(0.5, 0.5),
    margin: theme.spacing(1, 0, 0),
  },
  recovered: {
    ...inlineRow,
    gap: theme.spacing(1),
    flexWrap: 'wrap',
    margin: theme.spacing(1, 0, 0),
    padding: theme.spacing(0.5, 1.5),
    borderRadius: theme.shape.borderRadius,
    ...tinted(theme, 'good'),
    '& svg': { fontSize: 18 },
    '& a': {
      color: 'inherit',
      textDecoration: 'underline',
      verticalAlign: 'bottom',
    },
  },
}));

/** How it went on after the run: it leads, since it decides whether anything is left to do. */
export function Aftermath({ run, param }: { run: RunDetail; param: RunParam }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const last: Partial<NonNullable<RunDetail['retriedAs']>> =
    run.retriedAs ?? {};
  const id = last.id ?? run.retriedBy;
  if (!id) return null;
  const link = <RunLink id={id} param={param} />;
  if (!run.recovered) {
    return (
      <p
        className={classes.retried}
        role="note"
        aria-label={t('run.retried.label')}
      >
        {last.status
          ? t('run.retried.text', {
              run: link,
              status: <StatusChip status={last.status} />,
            })
          : t('run.retried.gone', { run: link })}
      </p>
    );
  }
  const between =
    run.endedAt && last.endedAt
      ? Date.parse(last.endedAt) - Date.parse(run.endedAt)
      : undefined;
  return (
    <p
      className={classes.recovered}
      role="note"
      aria-label={t('run.recovered.label')}
    >
      <CheckCircle aria-hidden />
      <span>
        {between === undefined
          ? t('run.recovered.since', { run: link })
          : t('run.recovered.later', {
              run: link,
              duration: durationText(between),
            })}
      </span>
    </p>
  );
}

/** Another run, to be opened in its place. */
export function RunLink(props: { id: string; param: RunParam }) {
  return (
    <Link
      to={props.param.hrefOf(props.id)}
      style={{ display: 'inline-flex', maxWidth: 160 }}
    >
      <MiddleTruncate text={props.id} mono tail={6} />
    </Link>
  );
}
