import Typography from '@material-ui/core/Typography';
import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import { AnswerLine } from '../components/AnswerLine';
import { EmptyState } from '../components/EmptyState';
import { ErrorNotice } from '../components/ErrorNotice';
import { StaleNotice } from '../components/Freshness';
import { Skeleton } from '../components/Skeleton';
import { Stack } from '../components/Stack';
import { QueuesSection } from '../queues/QueuesSection';
import { AttentionList } from './AttentionList';
import { answer, groupOf, type AttentionGroup } from './severity';
import { useAttention } from './useAttention';

const GROUPS: Array<{ id: AttentionGroup; title: string }> = [
  { id: 'now', title: 'Now' },
  { id: 'soon', title: 'Soon' },
  { id: 'known', title: 'Seen to' },
];

/** The overview: what needs somebody, before anything else. */
export function AttentionPage() {
  const attention = useAttention();
  return (
    <Stack>
      <AnswerLine
        loading={attention.loading}
        updatedAt={attention.updatedAt}
        error={attention.error}
      >
        {attention.data ? answer(attention.data) : 'Attention'}
      </AnswerLine>
      {attention.data && (
        <StaleNotice error={attention.error} updatedAt={attention.updatedAt} />
      )}
      {attention.loading &&
        [0, 1, 2].map(row => <Skeleton key={row} width="100%" />)}
      {!attention.data && attention.error && (
        <ErrorNotice
          title="What needs attention could not be loaded"
          error={attention.error}
          onRetry={attention.refresh}
        />
      )}
      {attention.data && <Groups items={attention.data.items} />}
      <QueuesSection />
    </Stack>
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
