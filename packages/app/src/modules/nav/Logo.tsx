import {
  Link,
  sidebarConfig,
  useSidebarOpenState,
} from '@backstage/core-components';
import { makeStyles } from '@material-ui/core/styles';

const useStyles = makeStyles({
  root: {
    height: 3 * sidebarConfig.logoHeight,
    display: 'flex',
    alignItems: 'center',
    marginBottom: -14,
  },
  link: {
    display: 'flex',
    alignItems: 'center',
    gap: 12,
    marginLeft: 22,
    color: '#fff',
  },
  name: {
    fontSize: 19,
    fontWeight: 700,
    letterSpacing: 0.2,
    whiteSpace: 'nowrap',
  },
});

/** The mark: a C that is also a gauge. */
const Mark = () => (
  <svg width={28} height={28} viewBox="0 0 32 32" aria-hidden>
    <path
      d="M24 8.5a11 11 0 1 0 0 15"
      fill="none"
      stroke="#5ad1c0"
      strokeWidth={4.4}
      strokeLinecap="round"
    />
    <circle cx={16.4} cy={16} r={3.8} fill="#f4b860" />
  </svg>
);

export const Logo = () => {
  const classes = useStyles();
  const { isOpen } = useSidebarOpenState();
  return (
    <div className={classes.root}>
      <Link
        to="/"
        underline="none"
        className={classes.link}
        aria-label="Craft Easy, home"
      >
        <Mark />
        {isOpen && <span className={classes.name}>Craft Easy</span>}
      </Link>
    </div>
  );
};
