import { Link } from '@backstage/core-components';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { MiddleTruncate, Person, Quote, styles } from '../components';
import { auditVerb, targetText } from './sentence';

const useStyles = styles('AuditSentence', {
  root: { overflowWrap: 'anywhere' },
  target: {
    display: 'inline-flex',
    maxWidth: '36ch',
    verticalAlign: 'bottom',
  },
});

/** An entry of the audit trail as a sentence: who did what, for which tenant, and why. */
export function AuditSentence({ entry }: { entry: AuditEntry }) {
  const classes = useStyles();
  const target = (
    <span className={classes.target}>
      <MiddleTruncate text={targetText(entry.target)} tail={10} />
    </span>
  );
  return (
    <span className={classes.root}>
      <Person of={entry.actor} />
      {entry.onBehalfOf && (
        <>
          {' for '}
          <Person of={entry.onBehalfOf} />
        </>
      )}{' '}
      {auditVerb(entry)}{' '}
      {entry.href ? <Link to={entry.href}>{target}</Link> : target}
      {entry.tenant && <> of tenant {entry.tenant}</>}
      {entry.approval && (
        <>
          , approved by <Person of={entry.approval.approvedBy} />
        </>
      )}
      {entry.reason && (
        <>
          {' '}
          <Quote text={entry.reason} />
        </>
      )}
    </span>
  );
}
