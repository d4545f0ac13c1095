import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { MiddleTruncate, Person, Quote, styles } from '../components';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { targetOf } from '@craft-easy/backstage-plugin-operations-react/internal';
import { auditMessages } from './messages';
import { say, sentenceOf } from './sentence';

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
  const { t } = useTranslationRef(auditMessages);
  const sentence = sentenceOf(t, entry);
  const target = sentence.isWhole ? (
    sentence.target
  ) : (
    <span className={classes.target}>
      <MiddleTruncate text={sentence.target} tail={10} />
    </span>
  );
  const links = useLinks();
  const about = targetOf(entry);
  const person = <Person of={entry.actor} />;
  const values = {
    ...sentence.values,
    who: entry.onBehalfOf
      ? t('entry.onBehalf', {
          person,
          principal: <Person of={entry.onBehalfOf} />,
        })
      : person,
    target: about ? <Link to={links.hrefOf(about)}>{target}</Link> : target,
  };
  return (
    <span className={classes.root}>
      {say(t, entry.outcome, sentence.phrase, values)}
      {entry.tenant &&
        // once is enough
        entry.tenant !== sentence.target &&
        ` · ${t('entry.tenant', { tenant: entry.tenant })}`}
      {entry.approval && (
        <>
          {' · '}
          {t('entry.approvedBy', {
            person: <Person of={entry.approval.approvedBy} />,
          })}
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
