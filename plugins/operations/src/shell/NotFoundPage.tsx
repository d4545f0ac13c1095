import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import { EmptyState } from '../components/EmptyState';
import { commonMessages } from '../components/messages';
import { PageTitle } from '../components/PageTitle';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { shellMessages } from './messages';

/** Stands at an address of Operations that has no page, with the way back. */
export function NotFoundPage() {
  const { t } = useTranslationRef(shellMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const { root } = useLinks();
  return (
    <>
      <PageTitle subject={t('notFound.title')} of={t('title')} />
      <EmptyState title={t('notFound.title')}>
        <p>{t('notFound.text')}</p>
        <Link to={root}>{common('error.back', { page: t('title') })}</Link>
      </EmptyState>
    </>
  );
}
