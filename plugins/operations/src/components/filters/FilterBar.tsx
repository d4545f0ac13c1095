import type { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Button from '@material-ui/core/Button';
import { FacetMenu, type Facet } from './FacetMenu';
import { SearchField } from './SearchField';

const useStyles = makeStyles(
  theme => ({
    root: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: theme.spacing(1),
    },
  }),
  { name: 'OperationsFilterBar' },
);

/** Search, facets with counts, and the way back to everything. */
export function FilterBar(props: {
  search?: {
    value: string;
    onChange: (value: string) => void;
    label: string;
    placeholder?: string;
  };
  facets: Facet[];
  /** present exactly if any filter is on */
  onClear?: () => void;
  children?: ReactNode;
}) {
  const classes = useStyles();
  return (
    <div className={classes.root} role="search">
      {props.search && <SearchField {...props.search} />}
      {props.facets.map(facet => (
        <FacetMenu key={facet.id} facet={facet} />
      ))}
      {props.children}
      {props.onClear && (
        <Button
          size="small"
          onClick={props.onClear}
          style={{ textTransform: 'none' }}
        >
          Clear filters
        </Button>
      )}
    </div>
  );
}
