import type { ReactNode } from 'react';
import { quietText, styles } from './styles';

const useStyles = styles('Stack', theme => ({
  root: {
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(1.5),
    minWidth: 0,
  },
  section: {
    marginTop: theme.spacing(2),
    '&[aria-busy]': { opacity: 0.5 },
  },
  heading: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'baseline',
    gap: theme.spacing(0, 1.5),
    margin: theme.spacing(0, 0, 1),
    '& h3': { fontSize: '1rem', fontWeight: 600, margin: 0 },
    '& > span': { color: quietText(theme), fontSize: '0.875rem' },
  },
}));

/** Places its children below one another, evenly spaced. */
export function Stack(props: { children: ReactNode }) {
  return <div className={useStyles().root}>{props.children}</div>;
}

/** A part of a page with its heading, and a short remark beside it. */
export function Section(props: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  id?: string;
  /** what it shows belongs to other filters, and is about to be replaced */
  busy?: boolean;
}) {
  const classes = useStyles();
  return (
    <section
      className={classes.section}
      aria-label={props.title}
      aria-busy={props.busy || undefined}
      id={props.id}
    >
      <div className={classes.heading}>
        <h3>{props.title}</h3>
        {props.aside && <span>{props.aside}</span>}
      </div>
      {props.children}
    </section>
  );
}
