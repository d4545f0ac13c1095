import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { ActionButton } from '../components/actions';
import { Countdown } from '../components/Countdown';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { muted, styles } from '../components/styles';
import { ROW_ACTIONS } from '../components/table';
import { Quote } from '../components/text';
import { hairline } from '../components/tones';
import { DecideDialog } from './DecideDialog';
import { approvalMessages, type Verb } from './messages';
import { useRequestText } from './request';
import { RequestFacts } from './RequestFacts';

const useStyles = styles('RequestItem', theme => ({
  item: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'flex-start',
    columnGap: theme.spacing(2),
    rowGap: theme.spacing(1),
    padding: theme.spacing(1, 0),
    '& + &': { borderTop: hairline(theme) },
  },
  words: { flex: '1 1 20em', minWidth: 0, overflowWrap: 'anywhere' },
  meta: muted(theme),
  actions: { display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) },
  facts: { margin: theme.spacing(1, 0) },
}));

/**
 * A request: who asks for what and why, until when, and what the user may do about it.
 *
 * @param props - `brief`: without what will happen
 */
export function RequestItem(props: { of: Approval; brief?: boolean }) {
  const { t } = useTranslationRef(approvalMessages);
  const classes = useStyles();
  const [verb, setVerb] = useState<Verb>();
  const { of: item, brief } = props;
  const action = useRequestText()(item);
  return (
    <li className={classes.item}>
      <div className={classes.words}>
        <div>
          <strong>
            {t('request', { person: <Person of={item.requestedBy} />, action })}
          </strong>{' '}
          <Quote text={item.reason} />
        </div>
        {!brief && (
          <div className={classes.facts}>
            <RequestFacts of={item} />
          </div>
        )}
        <div className={classes.meta}>
          {item.rule
            ? t('because', { rule: item.rule })
            : brief && item.state === 'waiting' && t('waits')}{' '}
          {t('requested', { time: <RelativeTime at={item.requestedAt} /> })}{' '}
          <End item={item} />
        </div>
      </div>
      {item.state === 'waiting' && (
        <div className={classes.actions} {...ROW_ACTIONS}>
          {verbsOf(item).map(one => (
            <ActionButton
              key={one}
              capability={item.actions[one]}
              label={t(`verbNamed.${one}`, { action })}
              onClick={() => setVerb(one)}
            >
              {t(`verb.${one}`)}
            </ActionButton>
          ))}
        </div>
      )}
      {verb && (
        <DecideDialog
          item={item}
          verb={verb}
          onClose={() => setVerb(undefined)}
        />
      )}
    </li>
  );
}

/** Whoever asked cannot decide: they withdraw. */
function verbsOf({ actions }: Approval): Verb[] {
  return actions.withdraw.allowed ? ['withdraw'] : ['approve', 'reject'];
}

function End({ item }: { item: Approval }) {
  const { t } = useTranslationRef(approvalMessages);
  if (item.state === 'waiting') {
    const time = <Countdown from={item.requestedAt} until={item.expiresAt} />;
    return <>{t('expires', { time })}</>;
  }
  const state = t(`state.${item.state}`);
  return (
    <>
      {item.decidedBy && item.decidedAt
        ? t('decided', {
            state,
            person: <Person of={item.decidedBy} />,
            time: <RelativeTime at={item.decidedAt} />,
          })
        : state}{' '}
      {item.decisionReason && <Quote text={item.decisionReason} />} {item.error}
    </>
  );
}
