import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Chip from '@material-ui/core/Chip';
import { styles, wrapped } from '../styles';
import { FacetMenu, type Facet } from './FacetMenu';
import { SavedFilters } from './SavedFilters';
import { SearchField } from './SearchField';
import { PlainButton } from '../buttons';
import { commonMessages } from '../messages';

const useStyles = styles('FilterBar', theme => ({
  root: { ...wrapped, gap: theme.spacing(1) },
}));

/** Properties of {@link FilterBar}. */
export interface FilterBarProps {
  search?: Parameters<typeof SearchField>[0];
  facets?: Facet[];
  /** present exactly if any filter is on */
  onClear?: () => void;
  /** what can be kept under a name, and come back to */
  saved?: Parameters<typeof SavedFilters>[0];
  children?: ReactNode;
}

/** Search, facets with counts, what the viewer has kept, and a button that clears all filters. */
export function FilterBar(props: FilterBarProps) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  return (
    <div className={classes.root} role="search">
      {props.search && <SearchField {...props.search} />}
      {props.facets?.map(facet => (
        <FacetMenu key={facet.id} facet={facet} />
      ))}
      {props.children}
      {props.saved && <SavedFilters {...props.saved} />}
      {props.onClear && (
        <PlainButton onClick={props.onClear}>{t('filters.clear')}</PlainButton>
      )}
    </div>
  );
}

/** A filter that was set by a click elsewhere on the page; the chip removes it. */
export function FilterChip(props: { text: string; onRemove: () => void }) {
  const { t } = useTranslationRef(commonMessages);
  return (
    <Chip
      size="small"
      color="primary"
      variant="outlined"
      style={{ maxWidth: '100%' }}
      label={props.text}
      onDelete={props.onRemove}
      onClick={props.onRemove}
      aria-label={t('filters.remove', { filter: props.text })}
    />
  );
}
