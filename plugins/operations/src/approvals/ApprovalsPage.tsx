import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { EmptyState } from '../components/EmptyState';
import { ListPage } from '../components/ListPage';
import { Loaded } from '../components/Loaded';
import type { TFunction } from '../components/messages';
import { Section } from '../components/Stack';
import { bareList, styles } from '../components/styles';
import { useRowKeys } from '../components/table';
import { optionalParam, useUrlState } from '../hooks/useUrlState';
import { approvalMessages } from './messages';
import { RequestItem } from './RequestItem';
import {
  mayDecide,
  useApproval,
  useDecidedApprovals,
  useWaitingApprovals,
} from './useApprovals';

const OPEN = { approval: optionalParam };

const useStyles = styles('ApprovalsPage', { list: bareList });

/**
 * The inbox of the second person: what waits, those first that the user may decide, each with all
 * that the dialog said in which it was asked for; then what was decided.
 */
export function ApprovalsPage() {
  const { t } = useTranslationRef(approvalMessages);
  const [{ approval }] = useUrlState(OPEN);
  const waiting = useWaitingApprovals();
  const linked = useApproval(approval);
  const decided = useDecidedApprovals();
  return (
    <ListPage
      title={t('title')}
      live={waiting}
      answer={({ items }) => headline(t, items)}
    >
      {approval && linked.data?.state !== 'waiting' && (
        <Loaded of={linked} failure={t('failure')}>
          {item => <List label={t('title')} items={[item]} />}
        </Loaded>
      )}
      <Loaded of={waiting} failure={t('failure')}>
        {({ items }) =>
          items.length > 0 ? (
            <List
              label={t('list.waiting')}
              items={[...items].sort(
                (a, b) =>
                  rank(a, approval) - rank(b, approval) ||
                  a.expiresAt.localeCompare(b.expiresAt),
              )}
            />
          ) : (
            <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
          )
        }
      </Loaded>
      <Section title={t('list.decided')}>
        <Loaded of={decided} failure={t('failure')}>
          {({ items }) =>
            items.length > 0 ? (
              <List label={t('list.decided')} items={items} brief />
            ) : (
              <p>{t('list.noneDecided')}</p>
            )
          }
        </Loaded>
      </Section>
    </ListPage>
  );
}

function List(props: { label: string; items: Approval[]; brief?: boolean }) {
  const classes = useStyles();
  const rowKeys = useRowKeys<HTMLUListElement>();
  return (
    <ul {...rowKeys} className={classes.list} aria-label={props.label}>
      {props.items.map(item => (
        <RequestItem key={item.id} of={item} brief={props.brief} />
      ))}
    </ul>
  );
}

/** What a link names stands first, then what the user may decide. */
function rank(item: Approval, linked: string | undefined): number {
  if (item.id === linked) return 0;
  return mayDecide(item) ? 1 : 2;
}

function headline(
  t: TFunction<typeof approvalMessages>,
  items: Approval[],
): string {
  const mine = items.filter(mayDecide).length;
  if (mine > 0) return t('headline.decide', { count: mine });
  return items.length > 0
    ? t('headline.others', { count: items.length })
    : t('headline.none');
}
