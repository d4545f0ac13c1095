import { styles } from './styles';

const useStyles = styles('Skeleton', theme => ({
  root: {
    display: 'inline-block',
    maxWidth: '100%',
    height: '0.8em',
    borderRadius: 4,
    verticalAlign: 'middle',
    backgroundColor: theme.palette.action.hover,
    '@media (prefers-reduced-motion: no-preference)': {
      animation: '$pulse 1.6s ease-in-out 0.4s infinite',
    },
  },
  '@keyframes pulse': { '50%': { opacity: 0.4 } },
}));

/** A grey bar in place of text that is not known yet. */
export function Skeleton(props: { width: number | string; height?: number }) {
  const classes = useStyles();
  return (
    <span
      className={classes.root}
      style={{ width: props.width, height: props.height }}
      aria-hidden
    />
  );
}
