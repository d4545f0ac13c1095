import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Tooltip from '@material-ui/core/Tooltip';
import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { bareList, muted, styles } from '../../components/styles';
import { absoluteTime, clockTime, durationText } from '../../components/time';
import { tones } from '../../components/tones';
import { useStatusFill } from '../../components/statusFill';
import { useNow } from '../../hooks/useNow';
import { jobMessages } from '../messages';

const useStyles = styles('TimeLine', theme => ({
  root: { margin: 0, padding: 0 },
  bar: { display: 'flex', height: 10, gap: 2 },
  wait: {
    backgroundColor: tones(theme).neutral.tint,
    border: `1px solid ${tones(theme).neutral.solid}`,
  },
  part: { minWidth: 4, borderRadius: 2 },
  labels: {
    ...bareList,
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 3),
    marginTop: theme.spacing(0.5),
    ...muted(theme),
  },
}));

/** Queued → started → ended: how long a run waited and how long it ran, to scale and in words. */
export function TimeLine({ run }: { run: RunDetail }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const fill = useStatusFill();
  const live = !run.endedAt;
  const now = useNow(live ? 1000 : 0);
  const queued = time(run.queuedAt);
  const started = time(run.startedAt);
  const end = time(run.endedAt) ?? now;
  const waited =
    queued === undefined ? undefined : Math.max(0, (started ?? end) - queued);
  const worked = started === undefined ? undefined : Math.max(0, end - started);
  const second = (ms: number) =>
    durationText(live ? Math.floor(ms / 1000) * 1000 : ms);
  return (
    <figure className={classes.root} aria-label={t('timeline.label')}>
      <div className={classes.bar} aria-hidden>
        {waited !== undefined && (
          <div
            className={`${classes.part} ${classes.wait}`}
            style={{ flexGrow: waited }}
          />
        )}
        {worked !== undefined && (
          <div
            className={`${classes.part} ${fill(run.status)}`}
            style={{ flexGrow: Math.max(1, worked) }}
          />
        )}
      </div>
      <ul className={classes.labels}>
        <Moment at={run.queuedAt} kind="queued" />
        {waited !== undefined && (
          <li>{t('timeline.waited', { duration: second(waited) })}</li>
        )}
        <Moment at={run.startedAt} kind="started" />
        {worked !== undefined && (
          <li>
            {live
              ? t('timeline.running', { duration: second(worked) })
              : t('timeline.ran', { duration: second(worked) })}
          </li>
        )}
        <Moment at={run.endedAt} kind="ended" />
      </ul>
    </figure>
  );
}

function Moment(props: {
  at: string | undefined;
  kind: 'queued' | 'started' | 'ended';
}) {
  const { t } = useTranslationRef(jobMessages);
  if (!props.at) return null;
  const absolute = absoluteTime(props.at);
  return (
    <Tooltip title={absolute}>
      <li>
        {t(`timeline.${props.kind}`, {
          time: (
            <time dateTime={props.at}>
              {clockTime(props.at, Date.now(), { seconds: true })}
            </time>
          ),
        })}
      </li>
    </Tooltip>
  );
}

function time(at: string | undefined): number | undefined {
  return at === undefined ? undefined : Date.parse(at);
}
