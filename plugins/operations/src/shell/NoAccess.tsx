import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Typography from '@material-ui/core/Typography';
import LockIcon from '@material-ui/icons/LockOutlined';
import { Link } from '@backstage/core-components';
import type { Permission } from '@backstage/plugin-permission-common';
import { useMay } from '../access/useMay';
import { Explanation } from '../components/actions/Explanation';
import { commonMessages } from '../components/messages';
import { framed, styles } from '../components/styles';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { shellMessages } from './messages';

/** Of a box that stands in place of a page. */
export const useNoticeStyles = styles('NoAccess', theme => ({
  root: {
    ...framed(theme),
    maxWidth: 640,
    margin: theme.spacing(4, 'auto'),
    padding: theme.spacing(2, 3, 3),
    '& h2': {
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(1),
      marginTop: 0,
    },
    '& > a': { display: 'inline-block', marginTop: theme.spacing(2) },
  },
}));

/** Stands in place of a page that the user may not read: why, and who may. */
export function NoAccess(props: { page: string; permission: Permission }) {
  const { t } = useTranslationRef(shellMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const classes = useNoticeStyles();
  const { root } = useLinks();
  const may = useMay(props.permission);
  const title = t('noAccess', { page: props.page });
  return (
    <section className={classes.root} aria-label={title}>
      <Typography variant="h6" component="h2">
        <LockIcon aria-hidden color="disabled" /> {title}
      </Typography>
      {may && <Explanation capability={may} />}
      <Link to={root}>{common('error.back', { page: t('title') })}</Link>
    </section>
  );
}
