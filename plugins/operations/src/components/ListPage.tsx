import type { ReactNode } from 'react';
import type { Permission } from '@backstage/plugin-permission-common';
import Typography from '@material-ui/core/Typography';
import { styles } from './styles';
import type { Live } from '@craft-easy/backstage-plugin-operations-react';
import { FilterBar, type FilterBarProps } from './filters';
import { LiveMark, StaleNotice } from './Freshness';
import { PartNote } from './PartNote';
import { Skeleton } from './Skeleton';
import { Stack } from './Stack';

const useStyles = styles('ListPage', theme => ({
  answer: {
    display: 'flex',
    alignItems: 'baseline',
    gap: theme.spacing(2),
    minHeight: 28,
    '& h2': {
      flex: 1,
      // narrower than what stands for the answer while it loads
      minWidth: 0,
      margin: 0,
      fontSize: '1.125rem',
      fontWeight: 500,
    },
    '& [aria-busy]': { opacity: 0.5 },
  },
}));

/**
 * The frame of a page: first the answer, a sentence computed from the data, then the age of the
 * data, the filters, and the rest. While nothing is known a skeleton takes the place of the answer:
 * no sentence is better than a wrong one.
 */
export function ListPage<D>(props: {
  /** replaces the answer where the data could not be loaded */
  title: string;
  live: Live<D>;
  answer: (data: D) => string;
  /** what one has to be allowed to read for the answer to be of all that there is */
  reads?: readonly Permission[];
  /** the data that is listed, where the answer is of other data */
  list?: Live<unknown>;
  /** above the filters */
  intro?: ReactNode;
  filters?: FilterBarProps;
  children: ReactNode;
}) {
  const classes = useStyles();
  const { live } = props;
  return (
    <Stack>
      <div className={classes.answer}>
        <Typography
          component="h2"
          aria-live="polite"
          aria-busy={live.switching || undefined}
        >
          {live.loading && <Skeleton width="18em" />}
          {!live.loading &&
            (live.data === undefined ? props.title : props.answer(live.data))}
          {props.reads && live.data !== undefined && (
            <PartNote reads={props.reads} />
          )}
        </Typography>
        <LiveMark of={live} />
      </div>
      <StaleNotice of={props.list ?? live} />
      {props.intro}
      {props.filters && <FilterBar {...props.filters} />}
      {props.children}
    </Stack>
  );
}
