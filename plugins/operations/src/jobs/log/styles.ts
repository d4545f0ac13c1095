import { MONOSPACE, muted, styles, tones, wrapped } from '../../components';

/** Height of a line that is not wrapped. */
export const LINE_HEIGHT = 20;

/** The looks of the log: a terminal, in the light or dark of the theme. */
export const useLogStyles = styles('Log', theme => {
  const dark = theme.palette.type === 'dark';
  const line = `1px solid ${theme.palette.divider}`;
  return {
    root: {
      border: line,
      borderRadius: theme.shape.borderRadius,
      display: 'flex',
      flexDirection: 'column',
      minHeight: 0,
    },
    scroller: {
      position: 'relative',
      overflow: 'auto',
      height: 'min(56vh, 640px)',
      backgroundColor: dark ? '#1e1f22' : '#fbfbfc',
      color: dark ? '#e3e5e8' : '#1f2328',
      fontFamily: MONOSPACE,
      fontSize: 12.5,
      lineHeight: `${LINE_HEIGHT}px`,
      tabSize: 4,
      '&:focus-visible': {
        outline: `2px solid ${theme.palette.primary.main}`,
        outlineOffset: -2,
      },
    },
    row: {
      position: 'absolute',
      top: 0,
      left: 0,
      minWidth: '100%',
      display: 'flex',
      minHeight: LINE_HEIGHT,
      '&:hover': { backgroundColor: dark ? '#2a2c30' : '#f0f1f3' },
    },
    target: { '&&': { backgroundColor: dark ? '#4a4322' : '#fff6cf' } },
    errorRow: { boxShadow: `inset 2px 0 ${tones(theme).bad.solid}` },
    number: {
      flex: 'none',
      textAlign: 'right',
      paddingRight: 10,
      color: dark ? '#9aa0a6' : '#656c74',
      textDecoration: 'none',
      userSelect: 'none',
      '&:hover, &:focus-visible': { textDecoration: 'underline' },
    },
    time: {
      flex: 'none',
      paddingRight: 10,
      color: dark ? '#9aa0a6' : '#656c74',
      userSelect: 'none',
    },
    text: { whiteSpace: 'pre', paddingRight: 12 },
    wrapped: {
      whiteSpace: 'pre-wrap',
      overflowWrap: 'anywhere',
      minWidth: 0,
      flex: 1,
    },
    missing: { color: dark ? '#80868b' : '#777e86', fontStyle: 'italic' },
    hit: { backgroundColor: dark ? '#6b5a00' : '#ffe58f', color: 'inherit' },
    bold: { fontWeight: 700 },
    dim: { opacity: 0.75 },
    italic: { fontStyle: 'italic' },
    underline: { textDecoration: 'underline' },
    notice: {
      padding: theme.spacing(0.75, 1.5),
      ...muted(theme),
      borderBottom: line,
    },
    foot: {
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(1.5),
      minHeight: 34,
      padding: theme.spacing(0, 1.5),
      borderTop: line,
      ...muted(theme),
      '& > :first-child': { flex: 1 },
    },
    toolbar: {
      ...wrapped,
      gap: theme.spacing(0.5, 1),
      padding: theme.spacing(0.75, 1),
      borderBottom: line,
      '& svg': { fontSize: 20 },
    },
    search: {
      flex: '1 1 120px',
      border: line,
      borderRadius: theme.shape.borderRadius,
      padding: '0 8px',
      height: 30,
      fontSize: '0.875rem',
    },
    hits: {
      ...muted(theme),
      fontVariantNumeric: 'tabular-nums',
      whiteSpace: 'nowrap',
    },
  };
});

const LIGHT = {
  black: '#24292f',
  red: '#b3202c',
  green: '#1a6b34',
  yellow: '#7a5200',
  blue: '#0f57b3',
  magenta: '#8a2d94',
  cyan: '#0b6670',
  white: '#59606a',
};

const DARK = {
  black: '#9aa0a6',
  red: '#ff8a8f',
  green: '#7ddf95',
  yellow: '#f0c35e',
  blue: '#82b4ff',
  magenta: '#e09be8',
  cyan: '#6fd3de',
  white: '#e3e5e8',
};

/** A terminal colour in the current theme; each of the sixteen is readable on the log's ground. */
export function terminalColour(
  name: string | undefined,
  dark: boolean,
): string | undefined {
  if (!name) return undefined;
  if (/^\d/.test(name)) return `rgb(${name})`;
  // programs write what matters less in what terminals call bright black
  if (name === 'ansi-bright-black') return dark ? '#9aa0a6' : '#656c74';
  const plain = name.replace(/^ansi-(bright-)?/, '');
  return (dark ? DARK : LIGHT)[plain as keyof typeof LIGHT];
}
