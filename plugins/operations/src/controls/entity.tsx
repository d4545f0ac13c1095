import type { ReactNode } from 'react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { InfoCard, Link } from '@backstage/core-components';
import { useEntity } from '@backstage/plugin-catalog-react';
import { TrailLink } from '../audit/TrailLink';
import { Countdown } from '../components/Countdown';
import { EmptyState } from '../components/EmptyState';
import { ErrorNotice } from '../components/ErrorNotice';
import { RelativeTime } from '../components/RelativeTime';
import { Skeleton } from '../components/Skeleton';
import { Stack } from '../components/Stack';
import { StatusChip } from '../components/StatusChip';
import { servedText } from '../flags/words';
import { useLive, type Live } from '../hooks/useLive';
import { limitText } from '../rate-limits/words';
import { OperationsRoot } from '../shell/OperationsRoot';
import { tenantOfEntity } from '../tenantEntity';

/** On the page of a tenant: its maintenance and its overridden limits, in force and to come. */
export function EntityTenantControlsCard() {
  const tenant = tenantOfEntity(useEntity().entity);
  if (!tenant) return null;
  return (
    <OperationsRoot>
      <TenantControls tenant={tenant} />
    </OperationsRoot>
  );
}

function TenantControls({ tenant }: { tenant: string }) {
  const windows = useLive(
    ['maintenance', 'unended', tenant],
    api =>
      api.maintenance.getWindows({
        state: ['active', 'scheduled'],
        tenant,
        limit: 20,
      }),
    { topics: ['maintenance'] },
  );
  const overrides = useLive(
    ['overrides', 'unended', tenant],
    api =>
      api.rateLimits.getOverrides({
        state: ['active', 'scheduled'],
        subject: tenant,
        limit: 20,
      }),
    { topics: ['rate-limits'] },
  );
  // the search finds parts of names, too
  const own = overrides.data?.items.filter(
    ({ subject }) => subject.kind === 'tenant' && subject.tenant === tenant,
  );
  const query = encodeURIComponent(tenant);
  return (
    <InfoCard title="Controls">
      <Stack>
        <Part of={windows} what="maintenance">
          {windows.data?.items.length === 0 && (
            <div>No maintenance in force or planned.</div>
          )}
          {[...(windows.data?.items ?? [])].reverse().map(window => (
            <div key={window.id}>
              <StatusChip status={window.mode} />{' '}
              {window.state === 'active' ? (
                <Countdown from={window.startsAt} until={window.endsAt} />
              ) : (
                <RelativeTime at={window.startsAt} prefix="begins" />
              )}
            </div>
          ))}
          <Link to={`/operations/maintenance?tenant=${query}`}>
            Maintenance
          </Link>
        </Part>
        <Part of={overrides} what="rate limits">
          {own?.length === 0 && <div>Its rate limit is the normal one.</div>}
          {own?.map(override => (
            <div key={override.id}>
              Rate limit <strong>{limitText(override.limit)}</strong>{' '}
              {override.state === 'active' ? (
                <Countdown from={override.startsAt} until={override.endsAt} />
              ) : (
                <RelativeTime at={override.startsAt} prefix="begins" />
              )}
            </div>
          ))}
          <Link to={`/operations/rate-limits?search=${query}`}>
            Rate limits
          </Link>
        </Part>
        <TrailLink of={{ tenant }}>What was done for it</TrailLink>
      </Stack>
    </InfoCard>
  );
}

/** On the page of a group: the flags that it owns. */
export function EntityFlagsCard() {
  const owner = stringifyEntityRef(useEntity().entity);
  return (
    <OperationsRoot>
      <OwnedFlags owner={owner} />
    </OperationsRoot>
  );
}

function OwnedFlags({ owner }: { owner: string }) {
  const flags = useLive(
    ['flags', 'owner', owner],
    api => api.flags.getFlags({ owner: [owner], limit: 20 }),
    { topics: ['flags'] },
  );
  return (
    <InfoCard
      title="Flags"
      deepLink={{ title: 'All flags', link: '/operations/flags' }}
    >
      <Part of={flags} what="flags">
        {flags.data?.items.length === 0 && (
          <EmptyState title="It owns no flags" />
        )}
        {flags.data?.items.map(flag => (
          <div key={flag.key}>
            <Link
              to={`/operations/flags?flag=${encodeURIComponent(
                flag.key,
              )}&search=${encodeURIComponent(flag.key)}`}
            >
              {flag.key}
            </Link>{' '}
            serves <strong>{servedText(flag.serving)}</strong>{' '}
            {flag.stale && <StatusChip status="stale" />}
            {flag.until && (
              <Countdown from={flag.changedAt} until={flag.until} />
            )}
          </div>
        ))}
      </Part>
    </InfoCard>
  );
}

/** A part of a card, with what it is while nothing is known. */
function Part(props: { of: Live<unknown>; what: string; children: ReactNode }) {
  const { of: live } = props;
  if (live.loading) return <Skeleton width="80%" />;
  if (!live.data && live.error) {
    return (
      <ErrorNotice
        title={`The ${props.what} could not be loaded`}
        error={live.error}
        onRetry={live.refresh}
      />
    );
  }
  return <div>{props.children}</div>;
}
