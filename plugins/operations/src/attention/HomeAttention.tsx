import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import { Loaded, Skeleton } from '../components';
import { useLinks } from '../links';
import { AttentionList } from './AttentionList';
import { answer, groupOf } from './words';
import { useAttention } from './useAttention';

/** more lines do not fit a glance */
const LINES = 5;

/** Attention on the portal's home page, in at most five lines. */
export function HomeAttention() {
  const attention = useAttention();
  const { root } = useLinks();
  return (
    <Loaded
      of={attention}
      failure="What needs attention could not be loaded"
      skeleton={<Skeleton width="100%" />}
    >
      {data => {
        const open = data.items.filter(item => groupOf(item) !== 'known');
        return (
          <>
            <Typography variant="subtitle1" component="p" aria-live="polite">
              {answer(data)}
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
      }}
    </Loaded>
  );
}
