import type { ReactNode } from 'react';
import { quietText, styles } from './styles';

const useStyles = styles('Facts', theme => ({
  root: {
    display: 'grid',
    gridTemplateColumns: 'fit-content(50%) minmax(0, 1fr)',
    gap: theme.spacing(0.5, 2),
    margin: 0,
    // the value below its name, where large text leaves no room beside it
    '@media not all and (min-width: 22em)': {
      gridTemplateColumns: 'minmax(0, 1fr)',
      rowGap: 0,
      '& dd': { paddingBottom: theme.spacing(0.5) },
    },
    '& > div': { display: 'contents' },
    '& dt': { color: quietText(theme) },
    '& dd': { margin: 0, minWidth: 0, overflowWrap: 'anywhere' },
  },
}));

/** Lists facts by name; a fact without a value is left out. */
export function Facts(props: {
  facts: Array<[string, ReactNode]>;
  /** replaces the layout, which is a line for each fact */
  className?: string;
}) {
  const classes = useStyles();
  return (
    <dl className={props.className ?? classes.root}>
      {props.facts
        .filter(([, value]) => value || value === 0)
        .map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
