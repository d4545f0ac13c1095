import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import type { PageName } from '@craft-easy/backstage-plugin-operations-common';
import type { OptionalPage } from '@craft-easy/backstage-plugin-operations-common/internal';
import { Stack } from '../components/Stack';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { docsHref } from '@craft-easy/backstage-plugin-operations-react/internal';
import { commonMessages } from '../components/messages';
import { shellMessages } from './messages';
import { useNoticeStyles } from './NoAccess';

/** The document that explains a page. */
export function documentOf(page: PageName): string {
  return page === 'approvals' ? 'audit' : page;
}

/** Stands in place of a page that this portal has no use of: what it is, and how to get it. */
export function UnusedPage({ page }: { page: OptionalPage }) {
  const { t } = useTranslationRef(shellMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const classes = useNoticeStyles();
  const { root } = useLinks();
  const setting = `operations.pages.${page}: true`;
  const title = t('unused.title', { page: t(`pages.${page}`) });
  return (
    <section className={classes.root} aria-label={title}>
      <Typography variant="h6" component="h2">
        {title}
      </Typography>
      <Stack>
        <Typography variant="body2">{t(`unused.when.${page}`)}</Typography>
        <Typography variant="body2">
          {t('unused.how', { setting: <code>{setting}</code> })}
        </Typography>
        <Link to={docsHref(documentOf(page))}>{t('docs')}</Link>
        <Link to={root}>{common('error.back', { page: t('title') })}</Link>
      </Stack>
    </section>
  );
}
