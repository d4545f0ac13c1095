import Tooltip from '@material-ui/core/Tooltip';
import { durationText, muted, styles, tones } from '../components';

const useStyles = styles('TargetFigure', theme => ({
  root: { whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' },
  over: { color: tones(theme).bad.text, fontWeight: 500 },
  target: muted(theme),
}));

/**
 * A duration against its target: above it, the figure is red, has an arrow, and says by how much.
 */
export function TargetFigure(props: { ms?: number; targetMs?: number }) {
  const classes = useStyles();
  const { ms, targetMs } = props;
  if (ms === undefined) return <span className={classes.target}>–</span>;
  const over = targetMs !== undefined && ms > targetMs;
  const excess = over && `: ${durationText(ms - targetMs)} over the target`;
  const title = `95 of 100 runs took up to this${excess || ''}`;
  return (
    <Tooltip title={title}>
      <div className={classes.root}>
        <span className={over ? classes.over : undefined}>
          {over && '▲ '}
          {durationText(ms)}
        </span>
        {targetMs !== undefined && (
          <div className={classes.target}>of {durationText(targetMs)}</div>
        )}
      </div>
    </Tooltip>
  );
}
