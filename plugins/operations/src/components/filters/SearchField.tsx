import { useEffect, useRef, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import IconButton from '@material-ui/core/IconButton';
import InputAdornment from '@material-ui/core/InputAdornment';
import OutlinedInput from '@material-ui/core/OutlinedInput';
import Close from '@material-ui/icons/Close';
import Search from '@material-ui/icons/Search';
import { quietText, styles } from '../styles';
import { commonMessages } from '../messages';

const useStyles = styles('SearchField', theme => ({
  root: {
    width: 320,
    maxWidth: '100%',
    backgroundColor: theme.palette.background.paper,
    '& input': { padding: '8px 0' },
    '& kbd': {
      border: `1px solid ${theme.palette.divider}`,
      borderRadius: 3,
      padding: '0 5px',
      fontSize: '0.75rem',
      color: quietText(theme),
      // a phone has no such key
      '@media (hover: none)': { display: 'none' },
    },
  },
}));

const PAUSE_MS = 250;
/** focuses the field */
const KEY = '/';

/**
 * Searches while the user types, after a pause. `/` anywhere on the page focuses the field, Esc
 * clears it.
 */
export function SearchField(props: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  placeholder?: string;
}) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(props.value);
  const { onChange, value } = props;
  // the last text that was reported: another value from outside (back button, "clear filters")
  // replaces what the user typed
  const reported = useRef(value);

  useEffect(() => {
    if (value !== reported.current) {
      reported.current = value;
      setText(value);
    }
  }, [value]);

  useEffect(() => {
    if (text === reported.current) return undefined;
    const timer = setTimeout(() => {
      reported.current = text;
      onChange(text);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, onChange]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== KEY || event.ctrlKey || event.metaKey || event.altKey)
        return;
      const target = event.target as HTMLElement;
      if (
        target.closest(
          'input, textarea, select, [contenteditable], [role="dialog"]',
        )
      )
        return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  return (
    <OutlinedInput
      className={classes.root}
      inputRef={input}
      value={text}
      type="text"
      placeholder={props.placeholder}
      inputProps={{
        'aria-label': props.label,
        role: 'searchbox',
        'aria-keyshortcuts': KEY,
      }}
      onChange={event => setText(event.target.value)}
      onKeyDown={event => {
        if (event.key === 'Escape' && text) {
          event.stopPropagation();
          setText('');
        }
      }}
      startAdornment={
        <InputAdornment position="start">
          <Search fontSize="small" aria-hidden />
        </InputAdornment>
      }
      endAdornment={
        <InputAdornment position="end">
          {text ? (
            <IconButton
              size="small"
              aria-label={t('filters.clearSearch')}
              onClick={() => setText('')}
            >
              <Close fontSize="small" />
            </IconButton>
          ) : (
            <kbd aria-hidden>{KEY}</kbd>
          )}
        </InputAdornment>
      }
    />
  );
}
