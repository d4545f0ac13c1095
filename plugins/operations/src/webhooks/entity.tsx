import { InfoCard, Link } from '@backstage/core-components';
import { useEntity } from '@backstage/plugin-catalog-react';
import { OPEN_WEBHOOK_STATES } from '@craft-easy/backstage-plugin-operations-common';
import { ErrorNotice } from '../components/ErrorNotice';
import { Skeleton } from '../components/Skeleton';
import { Stack } from '../components/Stack';
import { useLive } from '../hooks/useLive';
import { useNow } from '../hooks/useNow';
import { OperationsRoot } from '../shell/OperationsRoot';
import { tenantOfEntity } from '../tenantEntity';
import { answer } from './answer';
import { HoursChart } from './HoursChart';
import { WEBHOOK_TOPICS } from './topics';
import { errorWord } from './words';

/** Groups that stand on the card; all are on the page that it leads to. */
const SHOWN = 3;

/** On the page of a tenant: which of its webhooks failed for good and wait for somebody. */
export function EntityTenantWebhooksCard() {
  const tenant = tenantOfEntity(useEntity().entity);
  if (!tenant) return null;
  return (
    <OperationsRoot>
      <TenantWebhooks tenant={tenant} />
    </OperationsRoot>
  );
}

function TenantWebhooks({ tenant }: { tenant: string }) {
  const now = useNow(60_000);
  const summary = useLive(
    ['webhook-summary', 'of-tenant', tenant],
    api =>
      api.webhooks.getSummary({
        tenant: [tenant],
        state: [...OPEN_WEBHOOK_STATES],
      }),
    { topics: WEBHOOK_TOPICS },
  );
  const { data } = summary;
  const page = `/operations/webhooks?${new URLSearchParams({ tenant })}`;
  return (
    <InfoCard title="Webhooks">
      <Stack>
        {summary.error && !data && (
          <ErrorNotice
            title="Webhooks could not be loaded"
            error={summary.error}
            onRetry={summary.refresh}
          />
        )}
        {summary.loading && <Skeleton width="100%" height={80} />}
        {data && (
          <>
            <div>{answer(data, now, [tenant])}.</div>
            <HoursChart hours={data.hours} />
            {data.groups.slice(0, SHOWN).map(group => {
              const error = `${group.errorClass}:${group.errorCode}`;
              const filter = { tenant, endpoint: group.endpoint, error };
              return (
                <Link
                  key={`${group.endpoint} ${error}`}
                  to={`/operations/webhooks?${new URLSearchParams(filter)}`}
                >
                  {group.count.toLocaleString()} at {group.endpoint}:{' '}
                  {errorWord(group.errorClass, group.errorCode)}
                </Link>
              );
            })}
            <Link to={page}>All its failed webhooks</Link>
          </>
        )}
      </Stack>
    </InfoCard>
  );
}
