import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { PageName } from '@craft-easy/backstage-plugin-operations-common';
import { useAttentionCount } from '../attention/useAttentionCount';
import { PageTitle, UrgentCount } from '../components/PageTitle';
import { shellMessages } from './messages';

/** Names a page of Operations in the browser's tab, until what is open on it names itself. */
export function TitledPage(props: { page: PageName; children: ReactNode }) {
  const { t } = useTranslationRef(shellMessages);
  const count = useAttentionCount();
  return (
    <UrgentCount.Provider value={count}>
      <PageTitle subject={t(`pages.${props.page}`)} of={t('title')} />
      {props.children}
    </UrgentCount.Provider>
  );
}
