import { memo, useState, type MouseEvent } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RunBar } from '@craft-easy/backstage-plugin-operations-common/internal';
import { cards, styles } from '../components/styles';
import { moveFocus } from '../components/moveFocus';
import { statusWord } from '../components/statuses';
import { useStatusFill } from '../components/statusFill';
import { absoluteTime, durationText } from '../components/time';
import { Muted } from '../components/text';
import { commonMessages, type CommonT } from '../components/messages';
import { jobMessages, type JobT } from './messages';

const HEIGHT = 26;
const MIN_HEIGHT = 5;

const useStyles = styles('RunBars', theme => ({
  root: {
    display: 'inline-flex',
    alignItems: 'flex-end',
    justifyContent: 'flex-end',
    height: HEIGHT,
    minWidth: 138,
    [cards]: {
      minWidth: 0,
      maxWidth: '100%',
      overflow: 'hidden',
      justifyContent: 'flex-start',
    },
  },
  // the gap belongs to the bar, so that there is no dead pixel between two
  bar: {
    display: 'flex',
    alignItems: 'flex-end',
    height: '100%',
    padding: '0 1px',
    '& > span': { width: 5, borderRadius: '1px 1px 0 0' },
    '&:hover > span': { filter: 'brightness(0.8)' },
    '&:focus-visible': { outline: `2px solid ${theme.palette.primary.main}` },
  },
  cell: {
    padding: 1,
    '& > span': { width: 16, height: 16, borderRadius: 3 },
  },
}));

/** The text of the bars for screen readers. */
function runBarsText(t: JobT, common: CommonT, runs: RunBar[]): string {
  const counts = new Map<string, number>();
  for (const run of runs)
    counts.set(run.status, (counts.get(run.status) ?? 0) + 1);
  const parts = [...counts].map(([status, n]) =>
    t('bars.count', { n, status: statusWord(common, status) }),
  );
  return t('bars.last', { count: runs.length, statuses: parts.join(', ') });
}

/** Properties of {@link RunBars}. */
export interface RunBarsProps {
  /** newest last */
  runs: RunBar[];
  hrefOf: (id: string) => string;
  onOpen: (id: string) => void;
  /** the name of the job or tenant, for screen readers */
  of: string;
  /** `cells`: squares of one size, for grids where only the status matters */
  variant?: 'bars' | 'cells';
}

/**
 * Shows the last runs of a job: the height is the duration (its square root, so that one outlier
 * does not flatten the rest), colour and pattern are the status. Each bar is a link to its run; one
 * of them is a tab stop, and the arrow keys reach the others.
 */
export const RunBars = memo(function Bars(props: RunBarsProps) {
  const { t } = useTranslationRef(jobMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const { runs, variant = 'bars' } = props;
  const classes = useStyles();
  const fill = useStatusFill();
  const [current, setCurrent] = useState<string>();
  if (runs.length === 0) return <Muted small>{t('bars.none')}</Muted>;

  const longest = Math.max(1, ...runs.map(run => run.durationMs ?? 0));
  const tabStop = runs.some(run => run.id === current)
    ? current
    : runs[runs.length - 1].id;

  const onClick = (event: MouseEvent, id: string) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    event.preventDefault();
    props.onOpen(id);
  };

  return (
    // The group listens for arrows of the links within it; it is not itself a control.
    /* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions,
       jsx-a11y/interactive-supports-focus */
    <span
      role="group"
      aria-label={t('bars.group', {
        name: props.of,
        runs: runBarsText(t, common, runs),
      })}
      className={classes.root}
      onKeyDown={moveFocus}
    >
      {runs.map(run => {
        const share = Math.sqrt((run.durationMs ?? 0) / longest);
        const text = barText(common, run);
        return (
          <a
            key={run.id}
            href={props.hrefOf(run.id)}
            className={`${classes.bar} ${
              variant === 'cells' ? classes.cell : ''
            }`}
            aria-label={text}
            title={text}
            tabIndex={run.id === tabStop ? 0 : -1}
            onFocus={() => setCurrent(run.id)}
            onClick={event => onClick(event, run.id)}
          >
            <span
              className={fill(run.status)}
              style={
                variant === 'cells'
                  ? undefined
                  : { height: MIN_HEIGHT + share * (HEIGHT - MIN_HEIGHT) }
              }
            />
          </a>
        );
      })}
    </span>
  );
});

function barText(common: CommonT, run: RunBar): string {
  return [
    statusWord(common, run.status),
    run.durationMs !== undefined && durationText(run.durationMs),
    run.tenant,
    absoluteTime(run.at),
  ]
    .filter(Boolean)
    .join(' · ');
}
