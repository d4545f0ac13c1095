import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import ArrowBack from '@material-ui/icons/ArrowBack';
import { muted, styles } from '../../components/styles';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { AS_LEFT } from '../../hooks/asLeft';
import { lastList } from '../lastList';
import { jobMessages } from '../messages';

const useStyles = styles('BackToList', theme => ({
  link: {
    ...muted(theme),
    display: 'inline-flex',
    alignItems: 'center',
    gap: 4,
    marginBottom: theme.spacing(1),
    '& svg': { fontSize: 16 },
  },
}));

/** Leads back to the inventory as one left it, filters and order included. */
export function BackToList() {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const links = useLinks();
  const list = lastList();
  return (
    <Link
      to={`${links.pageHref('jobs')}${list ? `?${list}` : ''}`}
      state={list === undefined ? undefined : AS_LEFT}
      className={classes.link}
    >
      <ArrowBack aria-hidden />
      {list ? t('page.backFiltered') : t('page.back')}
    </Link>
  );
}
