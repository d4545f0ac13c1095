import type { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common';
import { Json } from '../../components/Json';
import { MiddleTruncate } from '../../components/MiddleTruncate';
import { Person } from '../../components/Person';
import { absoluteTime } from '../../components/time';
import { TRIGGER_TEXT } from '../words';

const useStyles = makeStyles(
  theme => ({
    root: {
      display: 'grid',
      gridTemplateColumns: 'max-content minmax(0, 1fr)',
      gap: theme.spacing(0.5, 2),
      margin: 0,
      '& dt': { color: theme.palette.text.secondary },
      '& dd': { margin: 0, minWidth: 0, overflowWrap: 'anywhere' },
    },
  }),
  { name: 'OperationsRunFacts' },
);

/** Who, why, and what came of it. */
export function RunFacts({ run }: { run: RunDetail }) {
  const facts: Array<[string, ReactNode]> = [
    [
      'Set going',
      <>
        {TRIGGER_TEXT[run.trigger]}
        {run.triggeredBy && (
          <>
            {' by '}
            <Person of={run.triggeredBy} />
          </>
        )}
        {run.reason && <em> “{run.reason}”</em>}
      </>,
    ],
    ['Slot', run.scheduledFor && absoluteTime(run.scheduledFor)],
    [
      'Time range',
      run.timeRange &&
        `${absoluteTime(run.timeRange.from)} to ${absoluteTime(
          run.timeRange.to,
        )}`,
    ],
    ['Cancelled by', run.cancelledBy && <Person of={run.cancelledBy} />],
    [
      'Result',
      run.result !== undefined && run.result !== null && (
        <Json value={run.result} label="Result" />
      ),
    ],
  ];
  return <Facts facts={facts} />;
}

/** Where it ran, for whoever has to look there. */
export function RunWhereabouts({ run }: { run: RunDetail }) {
  const facts: Array<[string, ReactNode]> = [
    [
      'Worker',
      run.workerId && (
        <MiddleTruncate text={run.workerId} mono tail={12} copy="worker id" />
      ),
    ],
    [
      'Engine’s id',
      run.engineJobId && (
        <MiddleTruncate
          text={run.engineJobId}
          mono
          tail={12}
          copy="engine’s id"
        />
      ),
    ],
  ];
  return <Facts facts={facts} />;
}

function Facts({ facts }: { facts: Array<[string, ReactNode]> }) {
  const classes = useStyles();
  return (
    <dl className={classes.root}>
      {facts
        .filter(([, value]) => value)
        .map(([title, value]) => (
          <div key={title} style={{ display: 'contents' }}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
