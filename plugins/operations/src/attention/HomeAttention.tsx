import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import { ErrorNotice } from '../components/ErrorNotice';
import { Skeleton } from '../components/Skeleton';
import { rootRouteRef } from '../routes';
import { OperationsRoot } from '../shell/OperationsRoot';
import { AttentionList } from './AttentionList';
import { answer, groupOf } from './severity';
import { useAttention } from './useAttention';

/** A glance fits so many lines. */
const LINES = 5;

/** Attention on the portal's home page: the same words, at most five lines. */
export function HomeAttention() {
  return (
    <OperationsRoot>
      <Lines />
    </OperationsRoot>
  );
}

function Lines() {
  const attention = useAttention();
  const root = useRouteRef(rootRouteRef)();
  if (attention.loading) return <Skeleton width="100%" />;
  if (!attention.data) {
    return (
      <ErrorNotice
        title="What needs attention could not be loaded"
        error={attention.error}
        onRetry={attention.refresh}
      />
    );
  }
  const open = attention.data.items.filter(item => groupOf(item) !== 'known');
  return (
    <>
      <Typography variant="subtitle1" component="p" aria-live="polite">
        {answer(attention.data)}
      </Typography>
      <AttentionList
        items={open.slice(0, LINES)}
        label="Needs attention"
        brief
      />
      <Typography variant="body2">
        <Link to={root}>
          {open.length > LINES
            ? `and ${open.length - LINES} more`
            : 'Open Operations'}
        </Link>
      </Typography>
    </>
  );
}
