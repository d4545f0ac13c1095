import { Navigate, useParams } from 'react-router-dom';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import { commonMessages } from '../components/messages';
import { Loaded } from '../components/Loaded';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { shellMessages } from './messages';

/** The address of a run whose job is not known: it leads on to the run, on the page of its job. */
export function RunRoute() {
  const { t } = useTranslationRef(shellMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const { id } = useParams() as { id: string };
  const links = useLinks();
  const run = useLive('GET /runs/:id', { params: { id } }, { everyMs: 0 });
  return (
    <Loaded
      of={run}
      failure={t('runFailure')}
      back={
        <Link to={links.pageHref('jobs')}>
          {common('error.back', { page: t('pages.jobs') })}
        </Link>
      }
    >
      {found => <Navigate to={links.runHref(found)} replace />}
    </Loaded>
  );
}
