import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import { styles, wrapped } from '../components/styles';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { runMessages } from './messages';

const useStyles = styles('RunViews', theme => ({
  root: {
    ...wrapped,
    gap: theme.spacing(2),
    fontSize: '0.875rem',
    '& [aria-current]': { fontWeight: 600, textDecoration: 'none' },
  },
}));

/** Leads from the runs that were to those that come, and back. */
export function RunViews(props: { here: 'runs' | 'upcoming' }) {
  const { t } = useTranslationRef(runMessages);
  const classes = useStyles();
  const links = useLinks();
  const hrefs = {
    runs: links.pageHref('runs'),
    upcoming: `${links.pageHref('runs')}/upcoming`,
  };
  return (
    <nav className={classes.root} aria-label={t('views.label')}>
      {(['runs', 'upcoming'] as const).map(view => (
        <Link
          key={view}
          to={hrefs[view]}
          aria-current={view === props.here ? 'page' : undefined}
        >
          {t(`views.${view}`)}
        </Link>
      ))}
    </nav>
  );
}
