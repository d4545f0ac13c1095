import { useTranslationRef } from '@backstage/frontend-plugin-api';
import VerifiedUser from '@material-ui/icons/VerifiedUser';
import ReportProblem from '@material-ui/icons/ReportProblem';
import type { AuditVerification } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  inlineRow,
  MINUTE,
  numberText,
  quietText,
  RelativeTime,
  styles,
  tinted,
} from '../components';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { listText } from '../components/format';
import { reasonMessages } from '../components/reasons/messages';
import { saidText } from '../components/reasons/words';
import { auditMessages, type AuditT } from './messages';

const useStyles = styles('Seal', theme => ({
  root: {
    ...inlineRow,
    maxWidth: '100%',
    boxSizing: 'border-box',
    gap: 6,
    padding: '3px 10px',
    borderRadius: 14,
    fontSize: '0.8125rem',
    '& svg': { fontSize: 17 },
    // it names files
    '& > span': { minWidth: 0, overflowWrap: 'anywhere' },
  },
  whole: tinted(theme, 'good'),
  broken: tinted(theme, 'bad'),
  unknown: { color: quietText(theme) },
}));

/**
 * Shows whether the trail is intact (each row carries the hash of the row before), its number of
 * rows, and when it was checked.
 */
export function Seal() {
  const classes = useStyles();
  const { t } = useTranslationRef(auditMessages);
  const { data, error } = useLive(
    'GET /audit/verification',
    {},
    { everyMs: 5 * MINUTE },
  );
  if (!data) {
    return (
      <span className={`${classes.root} ${classes.unknown}`} role="status">
        {error ? t('seal.notVerified') : t('seal.verifying')}
      </span>
    );
  }
  return <Verdict verification={data} />;
}

function keptText(t: AuditT, keptIn: string[]): string {
  if (keptIn.length === 0) return t('seal.keptNowhere');
  const places = keptIn.map(id => id.replace(/^file:/, 'file '));
  return t('seal.keptIn', { places: listText(places) });
}

/** The result of a verification. */
export function Verdict(props: { verification: AuditVerification }) {
  const classes = useStyles();
  const { t } = useTranslationRef(auditMessages);
  const { t: reasons } = useTranslationRef(reasonMessages);
  const { checkpoints, startsAfter, continues, ...chain } = props.verification;
  if (!chain.whole) {
    return (
      <span className={`${classes.root} ${classes.broken}`} role="alert">
        <ReportProblem aria-hidden />
        {t('seal.broken', {
          sequence: chain.brokenAt?.sequence ?? 0,
          reason:
            saidText(reasons, chain.brokenAt?.words?.why) ??
            chain.brokenAt?.why ??
            '',
        })}
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
        {t('seal.intact', { count: chain.rows })}
        {' · '}
        {t('seal.checked', { time: <RelativeTime at={chain.checkedAt} /> })}
        {continues && (
          <>
            {' · '}
            {t('seal.checkedBefore', {
              sequence: numberText(continues.sequence),
              time: <RelativeTime at={continues.checkedAt} />,
            })}
          </>
        )}
        {startsAfter !== undefined &&
          ` · ${t('seal.pruned', { sequence: startsAfter })}`}
        {checkpoints && (
          <>
            {' · '}
            {checkpoints.newest
              ? t('seal.checkpoints', {
                  count: checkpoints.matched,
                  checkpoints: numberText(checkpoints.matched),
                  time: <RelativeTime at={checkpoints.newest} />,
                })
              : t('seal.noCheckpoints')}
            {' · '}
            {keptText(t, checkpoints.keptIn)}
          </>
        )}
      </span>
    </span>
  );
}
