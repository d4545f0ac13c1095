import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { LateTooltip } from '../components/LateTooltip';
import { durationText, muted, styles, tones } from '../components';
import { jobMessages } from './messages';
import { percentileText } from './percentile';

const useStyles = styles('TargetFigure', theme => ({
  root: { whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' },
  over: { color: tones(theme).bad.text, fontWeight: 500 },
  target: muted(theme),
}));

/**
 * A duration against its target: above it, the figure is red, has an arrow, and says by how much.
 */
export function TargetFigure(props: { ms?: number; targetMs?: number }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const { ms, targetMs } = props;
  if (ms === undefined) return <span className={classes.target}>–</span>;
  const over = targetMs !== undefined && ms > targetMs;
  const title = over
    ? t('target.over', { excess: percentileText(t, ms - targetMs) })
    : t('target.within');
  return (
    <LateTooltip title={title}>
      <div className={classes.root}>
        <span className={over ? classes.over : undefined}>
          {over && '▲ '}
          {percentileText(t, ms)}
        </span>
        {targetMs !== undefined && (
          <div className={classes.target}>
            {t('target.of', { target: durationText(targetMs) })}
          </div>
        )}
      </div>
    </LateTooltip>
  );
}

/** A percentile of durations alone. */
export function Percentile(props: { ms?: number }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  return <span className={classes.root}>{percentileText(t, props.ms)}</span>;
}
