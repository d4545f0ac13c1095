import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { InfoCard, Link } from '@backstage/core-components';
import { useEntity } from '@backstage/plugin-catalog-react';
import { webhookReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import { OPEN_WEBHOOK_STATES } from '@craft-easy/backstage-plugin-operations-common/internal';
import { useOffered } from '../access/useMay';
import { Loaded, MINUTE, Skeleton, Stack } from '../components';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { useNow } from '../hooks/useNow';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { tenantOfEntity } from '../entities';
import { answer } from './answer';
import { HoursChart } from './HoursChart';
import { webhookMessages } from './messages';
import { WEBHOOK_TOPICS } from './params';
import { errorWord } from './words';

/** the page behind the link lists all groups */
const SHOWN = 3;

/** A card on the entity page of a tenant: which of its webhooks failed for good and are open. */
export function EntityTenantWebhooksCard() {
  const tenant = tenantOfEntity(useEntity().entity);
  const isOffered = useOffered('webhooks', webhookReadPermission);
  return tenant && isOffered ? <TenantWebhooks tenant={tenant} /> : null;
}

/** A card of a tenant's webhooks that failed for good and are open. */
export function TenantWebhooks({ tenant }: { tenant: string }) {
  const { t } = useTranslationRef(webhookMessages);
  const now = useNow(MINUTE);
  const summary = useLive(
    'GET /webhook-failures/summary',
    { query: { tenant: [tenant], state: [...OPEN_WEBHOOK_STATES] } },
    { topics: WEBHOOK_TOPICS },
  );
  const links = useLinks();
  return (
    <InfoCard title={t('entity.title')}>
      <Stack>
        <Loaded
          of={summary}
          failure={t('entity.failure')}
          skeleton={<Skeleton width="100%" height={80} />}
        >
          {data => (
            <>
              <div>{answer(t, data, now, [tenant])}</div>
              <HoursChart hours={data.hours} />
              {data.groups.slice(0, SHOWN).map(group => {
                const error = `${group.errorClass}:${group.errorCode}`;
                const filter = { tenant, endpoint: group.endpoint, error };
                return (
                  <Link
                    key={`${group.endpoint} ${error}`}
                    to={links.pageHref('webhooks', filter)}
                  >
                    {t('entity.group', {
                      endpoint: group.endpoint,
                      count: group.count,
                      error: errorWord(t, group.errorClass, group.errorCode),
                    })}
                  </Link>
                );
              })}
              <Link to={links.pageHref('webhooks', { tenant })}>
                {t('entity.all')}
              </Link>
            </>
          )}
        </Loaded>
      </Stack>
    </InfoCard>
  );
}
