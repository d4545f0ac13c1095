import VerifiedUser from '@material-ui/icons/VerifiedUser';
import ReportProblem from '@material-ui/icons/ReportProblem';
import type { AuditVerification } from '@craft-easy/backstage-plugin-operations-common/internal';
import { inlineRow, MINUTE, RelativeTime, styles, tinted } from '../components';
import { useLive } from '../hooks/useLive';

const useStyles = styles('Seal', theme => ({
  root: {
    ...inlineRow,
    gap: 6,
    padding: '3px 10px',
    borderRadius: 14,
    fontSize: '0.8125rem',
    '& svg': { fontSize: 17 },
  },
  whole: tinted(theme, 'good'),
  broken: tinted(theme, 'bad'),
  unknown: { color: theme.palette.text.secondary },
}));

/**
 * Shows whether the trail is intact (each row carries the hash of the row before), its number of
 * rows, and when it was checked.
 */
export function Seal() {
  const classes = useStyles();
  const { data, error } = useLive(
    'GET /audit/verification',
    {},
    { everyMs: 5 * MINUTE },
  );
  if (!data) {
    return (
      <span className={`${classes.root} ${classes.unknown}`} role="status">
        {error ? 'Could not be verified now' : 'Verifying…'}
      </span>
    );
  }
  return <Verdict verification={data} />;
}

function keptWords(keptIn: string[]): string {
  if (!keptIn.length) return 'kept nowhere else';
  return `kept in ${keptIn
    .map(id => id.replace(/^file:/, 'file '))
    .join(', ')}`;
}

/** The result of a verification. */
export function Verdict(props: { verification: AuditVerification }) {
  const classes = useStyles();
  const { checkpoints, startsAfter, continues, ...chain } = props.verification;
  if (!chain.whole) {
    return (
      <span className={`${classes.root} ${classes.broken}`} role="alert">
        <ReportProblem aria-hidden />
        The chain is broken at row {chain.brokenAt?.sequence}:{' '}
        {chain.brokenAt?.why}
      </span>
    );
  }
  return (
    <span
      className={`${classes.root} ${classes.whole}`}
      role="status"
      title={chain.head}
    >
      <VerifiedUser aria-hidden />
      <span>
        {chain.rows.toLocaleString()} rows, chain whole, checked{' '}
        <RelativeTime at={chain.checkedAt} />
        {continues && (
          <>
            , those up to {continues.sequence.toLocaleString()}{' '}
            <RelativeTime at={continues.checkedAt} />
          </>
        )}
        {startsAfter !== undefined && (
          <>; up to row {startsAfter.toLocaleString()} pruned, signed</>
        )}
        {checkpoints && (
          <>
            ; held against {checkpoints.matched.toLocaleString()}{' '}
            {checkpoints.matched === 1 ? 'checkpoint' : 'checkpoints'}
            {checkpoints.newest && (
              <>
                , newest <RelativeTime at={checkpoints.newest} />
              </>
            )}
            , {keptWords(checkpoints.keptIn)}
          </>
        )}
      </span>
    </span>
  );
}
