import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Typography from '@material-ui/core/Typography';
import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import { EmptyState, ListPage, Loaded, Skeleton } from '../components';
import { QueuesSection } from '../queues/QueuesSection';
import { AttentionGroups, AttentionList } from './AttentionList';
import { answer, groupOf, type AttentionGroup } from './groups';
import { ATTENTION_READS, useAttention } from './useAttention';
import { attentionMessages } from './messages';

const GROUPS: AttentionGroup[] = ['now', 'soon', 'known'];

/** The overview: what needs attention, then queues and service levels. */
export function AttentionPage() {
  const { t } = useTranslationRef(attentionMessages);
  const attention = useAttention();
  return (
    <ListPage
      title={t('title')}
      live={attention}
      answer={page => answer(t, page)}
      reads={ATTENTION_READS}
    >
      <Loaded
        of={attention}
        failure={t('failure')}
        skeleton={[0, 1, 2].map(row => (
          <Skeleton key={row} width="100%" />
        ))}
      >
        {({ items }) => <Groups items={items} />}
      </Loaded>
      <QueuesSection />
    </ListPage>
  );
}

function Groups(props: { items: AttentionItem[] }) {
  const { t } = useTranslationRef(attentionMessages);
  if (!props.items.length) {
    return <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>;
  }
  return (
    <AttentionGroups>
      {GROUPS.map(id => {
        const title = t(`groups.${id}`);
        const items = props.items.filter(item => groupOf(item) === id);
        return (
          items.length > 0 && (
            <section key={id} aria-labelledby={`attention-${id}`}>
              <Typography
                id={`attention-${id}`}
                variant="subtitle2"
                component="h3"
              >
                {title}
              </Typography>
              <AttentionList items={items} label={title} />
            </section>
          )
        );
      })}
    </AttentionGroups>
  );
}
