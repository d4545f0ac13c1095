import Typography from '@material-ui/core/Typography';
import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import { EmptyState, ListPage, Loaded, Skeleton } from '../components';
import { QueuesSection } from '../queues/QueuesSection';
import { AttentionList } from './AttentionList';
import { answer, groupOf, type AttentionGroup } from './words';
import { useAttention } from './useAttention';

const GROUPS: Array<{ id: AttentionGroup; title: string }> = [
  { id: 'now', title: 'Now' },
  { id: 'soon', title: 'Soon' },
  { id: 'known', title: 'Seen to' },
];

/** The overview: what needs attention, then queues and service levels. */
export function AttentionPage() {
  const attention = useAttention();
  return (
    <ListPage title="Attention" live={attention} answer={answer}>
      <Loaded
        of={attention}
        failure="What needs attention could not be loaded"
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
  if (!props.items.length) {
    return (
      <EmptyState title="All is well">
        What fails, waits too long, misses its schedule or loses its worker
        appears here by itself, and goes when it is solved.
      </EmptyState>
    );
  }
  return (
    <>
      {GROUPS.map(({ id, title }) => {
        const items = props.items.filter(item => groupOf(item) === id);
        return (
          items.length > 0 && (
            <section key={id} aria-labelledby={`attention-${id}`}>
              <Typography
                id={`attention-${id}`}
                variant="overline"
                component="h3"
              >
                {title}
              </Typography>
              <AttentionList items={items} label={title} />
            </section>
          )
        );
      })}
    </>
  );
}
