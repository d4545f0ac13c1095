import { useRef, useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Checkbox from '@material-ui/core/Checkbox';
import InputBase from '@material-ui/core/InputBase';
import { numberText } from '../format';
import { AnchoredPopover } from '../AnchoredPopover';
import { bareList, quietText, styles } from '../styles';
import ArrowDropDown from '@material-ui/icons/ArrowDropDown';
import { moveInMenu } from '../moveFocus';
import { Button } from '../buttons';
import { commonMessages } from '../messages';

/** A filter with its choices, each with the number of rows that it would leave. */
export interface Facet {
  id: string;
  title: string;
  options: Array<{
    value: string;
    count?: number;
    label?: ReactNode;
    text?: string;
  }>;
  selected: string[];
  onChange: (selected: string[]) => void;
}

const useStyles = styles('FacetMenu', theme => ({
  on: {
    borderColor: theme.palette.primary.main,
    color: theme.palette.primary.main,
  },
  paper: { minWidth: 220, maxWidth: 360, padding: theme.spacing(1, 0) },
  search: { padding: theme.spacing(0, 2, 1), width: '100%' },
  list: { maxHeight: 320, overflowY: 'auto', ...bareList },
  option: {
    display: 'flex',
    alignItems: 'center',
    padding: theme.spacing(0, 2, 0, 1),
    minHeight: 36,
    cursor: 'pointer',
    fontSize: '0.875rem',
    '&:hover, &:focus-within': {
      backgroundColor: theme.palette.action.hover,
    },
    '& .MuiCheckbox-root': { padding: 6 },
  },
  text: {
    flex: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
  },
  count: {
    marginLeft: theme.spacing(2),
    color: quietText(theme),
    fontVariantNumeric: 'tabular-nums',
  },
}));

/** Makes facets whose choices are kept in the query string, each under its own name. */
export function facetMaker<N extends string>(
  url: Record<N, string[]>,
  filter: (patch: Partial<Record<N, string[]>>) => void,
) {
  return (id: N, title: string, options: Facet['options'] = []): Facet => ({
    id,
    title,
    options,
    selected: url[id],
    onChange: selected =>
      filter({ [id]: selected } as Partial<Record<N, string[]>>),
  });
}

const SEARCH_FROM = 9;

/** A button that opens the choices of a facet, with counts; a long list can be searched. */
export function FacetMenu({ facet }: { facet: Facet }) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [needle, setNeedle] = useState('');
  const { selected } = facet;
  // What the other filters, or a search, leave no row of can still be chosen. How many it has is
  // not known: a list may have only those with the most.
  const seen = useRef(new Map<string, Facet['options'][number]>());
  for (const value of selected) {
    if (!seen.current.has(value)) seen.current.set(value, { value });
  }
  for (const option of facet.options) seen.current.set(option.value, option);
  const missing = [...seen.current.values()]
    .filter(({ value }) => !facet.options.some(o => o.value === value))
    .map(option => ({ ...option, count: undefined }));
  const options: Facet['options'] = [...facet.options, ...missing];
  const textOf = (value: string) =>
    options.find(option => option.value === value)?.text ?? value;
  const shown = options.filter(option =>
    textOf(option.value).toLowerCase().includes(needle.trim().toLowerCase()),
  );
  const [first] = selected.map(textOf);
  const summary = () => {
    if (first === undefined) return facet.title;
    const more = selected.length - 1;
    return more > 0
      ? t('filters.more', { facet: facet.title, first, more })
      : t('filters.one', { facet: facet.title, first });
  };

  if (options.length === 0) return null;
  return (
    <>
      <Button
        className={selected.length > 0 ? classes.on : undefined}
        endIcon={<ArrowDropDown />}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={event => setAnchor(event.currentTarget)}
      >
        {summary()}
      </Button>
      <AnchoredPopover
        anchor={anchor}
        onClose={() => setAnchor(null)}
        label={t('filters.by', { facet: facet.title })}
        className={classes.paper}
        onKeyDown={moveInMenu}
      >
        {options.length >= SEARCH_FROM && (
          <InputBase
            className={classes.search}
            // the menu was opened to choose from a long list
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            placeholder={t('filters.find', { facet: facet.title })}
            inputProps={{
              'aria-label': t('filters.find', { facet: facet.title }),
            }}
            value={needle}
            onChange={event => setNeedle(event.target.value)}
          />
        )}
        <ul className={classes.list}>
          {shown.map(option => (
            <li key={option.value}>
              <label className={classes.option}>
                <Checkbox
                  size="small"
                  color="primary"
                  checked={selected.includes(option.value)}
                  onChange={(_, checked) =>
                    facet.onChange(
                      checked
                        ? [...selected, option.value]
                        : selected.filter(value => value !== option.value),
                    )
                  }
                />
                <span className={classes.text}>
                  {option.label ?? option.text ?? option.value}
                </span>
                {option.count !== undefined && (
                  <span className={classes.count}>
                    {numberText(option.count)}
                  </span>
                )}
              </label>
            </li>
          ))}
        </ul>
      </AnchoredPopover>
    </>
  );
}
