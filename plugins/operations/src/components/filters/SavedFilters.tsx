import { useState, type FormEvent } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import IconButton from '@material-ui/core/IconButton';
import ArrowDropDown from '@material-ui/icons/ArrowDropDown';
import Close from '@material-ui/icons/Close';
import { useSetting } from '../../hooks/useSetting';
import type { SavedQuery } from '../../hooks/useUrlState';
import { AnchoredPopover } from '../AnchoredPopover';
import { Button, PlainButton } from '../buttons';
import { commonMessages } from '../messages';
import { bareList, styles } from '../styles';
import TextField from '../TextField';
import { Muted } from '../text';

const MOST = 20;
const LONGEST_NAME = 60;

interface Saved {
  name: string;
  /** as in the address of the page */
  query: string;
}

const useStyles = styles('SavedFilters', theme => ({
  paper: { width: 300, padding: theme.spacing(1.5, 2) },
  list: {
    ...bareList,
    maxHeight: 280,
    overflowY: 'auto',
    margin: theme.spacing(-0.5, -1, 1),
  },
  one: { display: 'flex', alignItems: 'center' },
  name: {
    flex: 1,
    minWidth: 0,
    justifyContent: 'flex-start',
    textAlign: 'left',
    overflowWrap: 'anywhere',
  },
  form: { display: 'grid', gap: theme.spacing(1) },
}));

/** What is kept may have been written by another version, or by hand. */
function read(kept: unknown): Saved[] {
  if (!Array.isArray(kept)) return [];
  return kept.filter(
    one => typeof one?.name === 'string' && typeof one?.query === 'string',
  );
}

/** A button that opens the filters that the viewer has kept of a list, and keeps those set now. */
export function SavedFilters(props: SavedQuery & { list: string }) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const { query } = props;
  const [saved, setSaved] = useSetting(`filters.${props.list}`, read);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  if (!query && saved.length === 0) return null;

  const close = () => setAnchor(null);
  const keep = (name: string) => {
    const others = saved.filter(one => one.name !== name);
    setSaved(
      [...others, { name, query }].sort((a, b) => a.name.localeCompare(b.name)),
    );
    close();
  };
  return (
    <>
      <Button
        endIcon={<ArrowDropDown />}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={event => setAnchor(event.currentTarget)}
      >
        {t('filters.saved.title')}
      </Button>
      <AnchoredPopover
        anchor={anchor}
        onClose={close}
        label={t('filters.saved.title')}
        className={classes.paper}
      >
        {saved.length > 0 && (
          <ul className={classes.list}>
            {saved.map(one => (
              <li key={one.name} className={classes.one}>
                <PlainButton
                  className={classes.name}
                  aria-current={one.query === query || undefined}
                  onClick={() => {
                    props.apply(one.query);
                    close();
                  }}
                >
                  {one.name}
                </PlainButton>
                <IconButton
                  size="small"
                  aria-label={t('filters.saved.remove', { name: one.name })}
                  onClick={() => setSaved(saved.filter(s => s !== one))}
                >
                  <Close fontSize="small" />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
        {query ? (
          <NameForm names={saved.map(({ name }) => name)} onSave={keep} />
        ) : (
          <Muted>{t('filters.saved.none')}</Muted>
        )}
      </AnchoredPopover>
    </>
  );
}

function NameForm(props: { names: string[]; onSave: (name: string) => void }) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const [text, setText] = useState('');
  const name = text.trim();
  const replaces = props.names.includes(name);
  const full = !replaces && props.names.length >= MOST;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name && !full) props.onSave(name);
  };
  const note = () => {
    if (full) return t('filters.saved.full', { most: MOST });
    return replaces ? t('filters.saved.replaces') : undefined;
  };
  return (
    <form className={classes.form} onSubmit={save}>
      <TextField
        label={t('filters.saved.name')}
        value={text}
        helperText={note()}
        inputProps={{ maxLength: LONGEST_NAME }}
        onChange={event => setText(event.target.value)}
      />
      <Button type="submit" rank="primary" disabled={!name || full}>
        {t('filters.saved.save')}
      </Button>
    </form>
  );
}
