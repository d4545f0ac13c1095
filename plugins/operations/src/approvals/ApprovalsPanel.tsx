import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { bareList, muted, styles } from '../components/styles';
import { ActionButton } from '../components/actions';
import { Countdown } from '../components/Countdown';
import { ErrorNotice } from '../components/ErrorNotice';
import { numberText } from '../components/format';
import { Json } from '../components/Json';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { Section } from '../components/Stack';
import { hairline } from '../components/tones';
import { statusCodeOf } from '../components/errors';
import { useLive } from '../hooks/useLive';
import { DecideDialog } from './DecideDialog';
import { approvalMessages, type Verb } from './messages';
import { Quote } from '../components/text';

const useStyles = styles('Approvals', theme => ({
  list: bareList,
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
}));

/**
 * Lists the actions that wait for a second person, with what the user may do about each; renders
 * nothing where nothing waits.
 *
 * @param props - `shown`: an approval that a link names, in whatever state it is
 */
export function ApprovalsPanel(props: { shown: string | undefined }) {
  const { t } = useTranslationRef(approvalMessages);
  const { shown } = props;
  const waiting = useLive(
    'GET /approvals',
    { query: { state: ['waiting'] } },
    { topics: ['approvals'] },
  );
  const one = useLive(
    'GET /approvals/:id',
    shown === undefined ? null : { params: { id: shown } },
    { topics: ['approvals'] },
  );
  const items = [
    ...(one.data && shown ? [one.data] : []),
    ...(waiting.data?.items ?? []).filter(item => item.id !== shown),
  ];
  // a user who may not see approvals has nothing to do here
  const error = [waiting.error, shown && one.error]
    .filter(e => e && statusCodeOf(e) !== 403)
    .at(0);
  if (!items.length && !error) return null;
  return (
    <Section
      title={t('title')}
      aside={waiting.data && numberText(waiting.data.totalItems)}
    >
      {error && (
        <ErrorNotice
          title={t('failure')}
          error={error}
          onRetry={() => waiting.refresh()}
        />
      )}
      <Items items={items} open={shown} />
    </Section>
  );
}

function Items(props: { items: Approval[]; open: string | undefined }) {
  const { t } = useTranslationRef(approvalMessages);
  const classes = useStyles();
  const [deciding, setDeciding] = useState<{ item: Approval; verb: Verb }>();
  return (
    <>
      <ul className={classes.list} aria-label={t('title')}>
        {props.items.map(item => (
          <li key={item.id} className={classes.item}>
            <div className={classes.words}>
              <div>
                <Request of={item} /> <Quote text={item.reason} />
              </div>
              <div className={classes.meta}>
                {item.rule && t('because', { rule: item.rule })}{' '}
                {t('requested', {
                  time: <RelativeTime at={item.requestedAt} />,
                })}{' '}
                <End item={item} />
              </div>
              {item.parameters !== undefined && (
                <details open={item.id === props.open}>
                  <summary className={classes.meta}>{t('details')}</summary>
                  <Json value={item.parameters} label={t('parameters')} />
                </details>
              )}
            </div>
            {item.state === 'waiting' && (
              <div className={classes.actions}>
                {verbsOf(item).map(verb => (
                  <ActionButton
                    key={verb}
                    primary={verb === 'approve'}
                    capability={item.actions[verb]}
                    label={t(`verbNamed.${verb}`, { action: item.action })}
                    onClick={() => setDeciding({ item, verb })}
                  >
                    {t(`verb.${verb}`)}
                  </ActionButton>
                ))}
              </div>
            )}
          </li>
        ))}
      </ul>
      {deciding && (
        <DecideDialog {...deciding} onClose={() => setDeciding(undefined)} />
      )}
    </>
  );
}

function Request({ of: item }: { of: Approval }) {
  const { t } = useTranslationRef(approvalMessages);
  const request = {
    person: <Person of={item.requestedBy} />,
    action: <code>{item.action}</code>,
    target: <code>{item.target}</code>,
  };
  return item.tenant
    ? t('requestFor', { ...request, tenant: item.tenant })
    : t('request', request);
}

function verbsOf({ actions }: Approval): Verb[] {
  return ['approve', actions.withdraw.allowed ? 'withdraw' : 'reject'];
}

function End({ item }: { item: Approval }) {
  const { t } = useTranslationRef(approvalMessages);
  if (item.state === 'waiting') {
    return <Countdown from={item.requestedAt} until={item.expiresAt} />;
  }
  const state = t(`state.${item.state}`);
  return (
    <>
      {item.decidedBy
        ? t('decided', { state, person: <Person of={item.decidedBy} /> })
        : state}{' '}
      {item.decisionReason && <Quote text={item.decisionReason} />} {item.error}
    </>
  );
}
