import { tones } from '../tones';
import {
  bareButton,
  cards,
  CARDS_BELOW,
  framed,
  inlineRow,
  quietText,
  styles,
  visuallyHidden,
} from '../styles';

/** Wide, and without a pointer whose hovering could show a row's buttons. */
const touch = `@media (min-width: ${CARDS_BELOW}) and (hover: none)`;

/** The looks of the table. Rows are 40 px: dense enough to scan, tall enough to hit. */
export const useTableStyles = styles('Table', theme => {
  const line = `1px solid ${theme.palette.divider}`;
  const phone = cards;
  return {
    frame: {
      ...framed(theme),
      overflowX: 'auto',
      [phone]: { overflowX: 'visible' },
    },
    table: {
      width: '100%',
      borderCollapse: 'collapse',
      fontSize: '0.875rem',
      lineHeight: 1.35,
      color: theme.palette.text.primary,
      '& th, & td': {
        padding: '4px 10px',
        textAlign: 'left',
        verticalAlign: 'middle',
      },
      '& th:first-child, & td:first-child': { paddingLeft: 14 },
      [phone]: {
        display: 'block',
        '& tbody': { display: 'block' },
        '& td:first-child': { paddingLeft: 10 },
      },
    },
    fixed: {
      [`@media (min-width: ${CARDS_BELOW})`]: {
        tableLayout: 'fixed',
        '& td': { overflow: 'hidden' },
        // in another language a title may be longer than its column
        '& thead th': { whiteSpace: 'normal' },
      },
    },
    // the buttons of the rows have a place of their own, which other columns give up
    withActions: {
      [`${touch} and (max-width: 1599px)`]: {
        '& $wide, & $widest': { display: 'none' },
      },
      [`${touch} and (max-width: 1279px)`]: {
        '&$fixed $medium': { display: 'none' },
      },
    },
    busy: { opacity: 0.5 },
    head: {
      '& th': {
        height: 36,
        fontSize: '0.75rem',
        fontWeight: 600,
        color: quietText(theme),
        borderBottom: line,
        whiteSpace: 'nowrap',
      },
      [phone]: { ...visuallyHidden },
    },
    sort: {
      ...bareButton,
      padding: '4px 0',
      ...inlineRow,
      gap: 4,
      '& svg': { fontSize: 14 },
      '&:hover': { color: theme.palette.text.primary },
    },
    row: {
      height: 40,
      '& + &': { borderTop: line },
      '&:hover, &:focus-within': {
        backgroundColor: theme.palette.action.hover,
      },
      '&:hover $actions, &:focus-within $actions': {
        opacity: 1,
        pointerEvents: 'auto',
      },
      [phone]: {
        display: 'grid',
        gridTemplateColumns: 'repeat(auto-fill, minmax(170px, 1fr))',
        height: 'auto',
        padding: theme.spacing(1, 0.5),
        '& > td': {
          display: 'block',
          padding: '3px 10px',
          minWidth: 0,
          overflowWrap: 'anywhere',
        },
        '& > td[data-title]:not($phoneHead)::before': {
          content: 'attr(data-title)',
          display: 'block',
          fontSize: '0.6875rem',
          color: quietText(theme),
        },
      },
    },
    clickable: { cursor: 'pointer' },
    selected: {
      backgroundColor: theme.palette.action.selected,
      boxShadow: `inset 3px 0 ${theme.palette.primary.main}`,
    },
    bad: { boxShadow: `inset 3px 0 ${tones(theme).bad.solid}` },
    // what the user has just made
    made: {
      backgroundColor: tones(theme).busy.tint,
      boxShadow: `inset 3px 0 ${tones(theme).busy.solid}`,
    },
    faded: { color: quietText(theme) },
    right: {
      '&&': { textAlign: 'right' },
      fontVariantNumeric: 'tabular-nums',
      [phone]: { '&&': { textAlign: 'left' } },
    },
    widest: {
      [`@media (min-width: ${CARDS_BELOW}) and (max-width: 1439px)`]: {
        display: 'none',
      },
    },
    wide: {
      [`@media (min-width: ${CARDS_BELOW}) and (max-width: 1279px)`]: {
        display: 'none',
      },
    },
    medium: {
      [`@media (min-width: ${CARDS_BELOW}) and (max-width: 959px)`]: {
        display: 'none',
      },
    },
    phoneHead: { [phone]: { gridColumn: '1 / -1' } },
    phoneHide: { [phone]: { '&&': { display: 'none !important' } } },
    shownCell: {
      width: 0,
      [phone]: { '&&': { width: 'auto' }, gridColumn: '1 / -1' },
    },
    shownActions: {
      display: 'inline-flex',
      alignItems: 'center',
      gap: 6,
      whiteSpace: 'nowrap',
      '& button': { flexShrink: 0 },
    },
    actionsHead: {
      '&&': { width: 0, padding: 0 },
      [touch]: { '$fixed &&': { width: 190 } },
    },
    // the buttons lie over the end of the row, so that they take no room while they are hidden
    actionsCell: {
      '&&': { width: 0, padding: 0, overflow: 'visible' },
      [touch]: { '&&': { padding: '4px 12px' } },
      position: 'relative',
      [phone]: {
        '&&': { width: 'auto', padding: '3px 10px' },
        gridColumn: '1 / -1',
      },
    },
    actions: {
      position: 'absolute',
      right: 0,
      top: 0,
      bottom: 0,
      display: 'inline-flex',
      alignItems: 'center',
      gap: 6,
      padding: '0 12px 0 40px',
      background: `linear-gradient(90deg, transparent, ${theme.palette.background.paper} 32px)`,
      opacity: 0,
      pointerEvents: 'none',
      [touch]: {
        position: 'static',
        padding: 0,
        background: 'none',
        opacity: 1,
        pointerEvents: 'auto',
        whiteSpace: 'nowrap',
      },
      [phone]: {
        position: 'static',
        padding: 0,
        background: 'none',
        opacity: 1,
        pointerEvents: 'auto',
      },
    },
  };
});
