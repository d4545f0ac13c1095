import { useState } from 'react';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { bareList, muted, styles } from '../components/styles';
import { ActionButton } from '../components/actions';
import { Countdown } from '../components/Countdown';
import { ErrorNotice } from '../components/ErrorNotice';
import { Json } from '../components/Json';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { Section } from '../components/Stack';
import { hairline } from '../components/tones';
import { statusCodeOf } from '../components/errors';
import { useLive } from '../hooks/useLive';
import { DecideDialog } from './DecideDialog';
import { stateText, VERBS, type Verb } from './words';
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
      title="Waiting for a second person"
      aside={waiting.data && `${waiting.data.totalItems}`}
    >
      {error && (
        <ErrorNotice
          title="Approvals could not be loaded"
          error={error}
          onRetry={() => waiting.refresh()}
        />
      )}
      <Items items={items} open={shown} />
    </Section>
  );
}

function Items(props: { items: Approval[]; open: string | undefined }) {
  const classes = useStyles();
  const [deciding, setDeciding] = useState<{ item: Approval; verb: Verb }>();
  return (
    <>
      <ul className={classes.list} aria-label="Waiting for a second person">
        {props.items.map(item => (
          <li key={item.id} className={classes.item}>
            <div className={classes.words}>
              <div>
                <Person of={item.requestedBy} /> asks for{' '}
                <code>{item.action}</code> on <code>{item.target}</code>
                {item.tenant && <> of tenant {item.tenant}</>}{' '}
                <Quote text={item.reason} />
              </div>
              <div className={classes.meta}>
                {item.rule && <>Because {item.rule}. </>}
                Asked <RelativeTime at={item.requestedAt} />.{' '}
                <End item={item} />
              </div>
              {item.parameters !== undefined && (
                <details open={item.id === props.open}>
                  <summary className={classes.meta}>Exactly what</summary>
                  <Json value={item.parameters} label="Parameters" />
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
                    label={`${VERBS[verb]} ${item.action}`}
                    onClick={() => setDeciding({ item, verb })}
                  >
                    {VERBS[verb]}
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

function verbsOf({ actions }: Approval): Verb[] {
  return ['approve', actions.withdraw.allowed ? 'withdraw' : 'reject'];
}

function End({ item }: { item: Approval }) {
  if (item.state === 'waiting') {
    return <Countdown from={item.requestedAt} until={item.expiresAt} />;
  }
  return (
    <>
      {stateText(item.state)}
      {item.decidedBy && (
        <>
          {' '}
          by <Person of={item.decidedBy} />
        </>
      )}
      {item.decisionReason && <> “{item.decisionReason}”</>}
      {item.error && <>: {item.error}</>}
    </>
  );
}
