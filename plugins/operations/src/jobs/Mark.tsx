import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Tooltip from '@material-ui/core/Tooltip';
import PanTool from '@material-ui/icons/PanTool';
import type { JobSummary } from '@craft-easy/backstage-plugin-operations-common';
import { quietText, styles, tinted, type Tone, tones } from '../components';
import { holdMark } from './holds';
import { jobMessages } from './messages';

const useStyles = styles('Mark', theme => ({
  root: {
    flex: 'none',
    display: 'inline-block',
    padding: '1px 6px',
    borderRadius: 4,
    border: `1px solid ${theme.palette.divider}`,
    fontSize: '0.75rem',
    fontWeight: 400,
    lineHeight: 1.4,
    color: quietText(theme),
    whiteSpace: 'nowrap',
  },
  hand: {
    flex: 'none',
    fontSize: 15,
    color: tones(theme).warn.solid,
  },
  good: { ...tinted(theme, 'good'), borderColor: 'transparent' },
  warn: { ...tinted(theme, 'warn'), borderColor: 'transparent' },
  bad: { ...tinted(theme, 'bad'), borderColor: 'transparent' },
}));

/**
 * A small remark ("retired", "dry run", "not safe to re-run"). It is not a status, so it has no
 * icon and rarely a colour.
 */
export function Mark(props: {
  text: string;
  title?: string;
  tone?: Extract<Tone, 'good' | 'warn' | 'bad'>;
}) {
  const classes = useStyles();
  return (
    <Tooltip title={props.title ?? ''}>
      <span
        className={`${classes.root} ${props.tone ? classes[props.tone] : ''}`}
      >
        {props.text}
      </span>
    </Tooltip>
  );
}

/**
 * Says that no worker announces a job any more, that no code declares it, or that its queue keeps
 * runs back.
 */
export function JobMarks(props: {
  job: Pick<JobSummary, 'registered' | 'declared' | 'holds'>;
  tone?: 'warn';
}) {
  const { t } = useTranslationRef(jobMessages);
  const { registered, declared } = props.job;
  return (
    <>
      {!registered && (
        <Mark
          text={t('marks.retired.text')}
          tone={props.tone}
          title={t('marks.retired.title')}
        />
      )}
      {props.job.holds?.map(hold => (
        <Mark key={hold.kind} tone="warn" {...holdMark(t, hold)} />
      ))}
      {!declared && (
        <Mark
          text={t('marks.undeclared.text')}
          tone={props.tone}
          title={t('marks.undeclared.title')}
        />
      )}
    </>
  );
}

/** "Not safe to re-run" where there is no room for words: a raised hand. */
export function NotByHand() {
  const { t } = useTranslationRef(jobMessages);
  const { hand } = useStyles();
  const text = t('marks.notByHand');
  return (
    <Tooltip title={text}>
      <PanTool className={hand} titleAccess={text} />
    </Tooltip>
  );
}
