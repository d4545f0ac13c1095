import { makeStyles } from '@material-ui/core/styles';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { Json } from '../components/Json';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { Person } from '../components/Person';
import { absoluteTime } from '../components/time';
import { Diff } from './Diff';
import { TrailLink } from './TrailLink';

const useStyles = makeStyles(
  theme => ({
    list: {
      display: 'grid',
      gridTemplateColumns: 'max-content minmax(0, 1fr)',
      gap: theme.spacing(0.5, 2),
      margin: 0,
      padding: theme.spacing(1, 0),
      '& dt': { color: theme.palette.text.secondary },
      '& dd': { margin: 0, minWidth: 0, overflowWrap: 'anywhere' },
    },
  }),
  { name: 'OperationsAuditDetails' },
);

/** All that a row of the trail says. */
export function AuditDetails({ entry }: { entry: AuditEntry }) {
  const classes = useStyles();
  return (
    <dl className={classes.list}>
      <dt>When</dt>
      <dd>
        {absoluteTime(entry.at)}
        {entry.outcomeAt && <>, outcome {absoluteTime(entry.outcomeAt)}</>}
      </dd>
      <dt>Action</dt>
      <dd>
        <code>{entry.action}</code> on <code>{entry.target}</code>
      </dd>
      {entry.error && (
        <>
          <dt>Why not</dt>
          <dd>{entry.error}</dd>
        </>
      )}
      <Value title="Parameters" value={entry.parameters} />
      {entry.before !== undefined && entry.after !== undefined ? (
        <>
          <dt>Changed</dt>
          <dd>
            <Diff before={entry.before} after={entry.after} />
          </dd>
        </>
      ) : (
        <>
          <Value title="Before" value={entry.before} />
          <Value title="After" value={entry.after} />
        </>
      )}
      {entry.approval && (
        <>
          <dt>Approved by</dt>
          <dd>
            <Person of={entry.approval.approvedBy} /> “{entry.approval.reason}”,{' '}
            {absoluteTime(entry.approval.approvedAt)}
          </dd>
        </>
      )}
      <dt>Trail</dt>
      <dd>
        <TrailLink of={{ target: entry.target }}>
          What else was done to this?
        </TrailLink>
        {entry.tenant && (
          <>
            {' · '}
            <TrailLink of={{ tenant: entry.tenant }}>
              All of tenant {entry.tenant}
            </TrailLink>
          </>
        )}
      </dd>
      {entry.requestId && (
        <>
          <dt>Request</dt>
          <dd>
            <MiddleTruncate text={entry.requestId} mono copy="request id" />
          </dd>
        </>
      )}
      {entry.ip && (
        <>
          <dt>From</dt>
          <dd>
            {entry.ip}
            {entry.userAgent && <> · {entry.userAgent}</>}
          </dd>
        </>
      )}
      <dt>Row</dt>
      <dd>
        <MiddleTruncate text={entry.id} mono copy="row id" />
      </dd>
    </dl>
  );
}

function Value(props: { title: string; value: unknown }) {
  if (props.value === undefined || props.value === null) return null;
  return (
    <>
      <dt>{props.title}</dt>
      <dd>
        <Json value={props.value} label={props.title} />
      </dd>
    </>
  );
}
