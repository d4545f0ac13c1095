import { stringifyEntityRef } from '@backstage/catalog-model';
import { InfoCard, Link } from '@backstage/core-components';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { useOffered } from '../access/useMay';
import { AuditLink } from '../audit/AuditLink';
import { Countdown } from '../components/Countdown';
import { EmptyState, Loaded, Stack, StatusChip } from '../components';
import {
  flagReadPermission,
  maintenanceReadPermission,
  rateLimitReadPermission,
  type RateLimitOverride,
} from '@craft-easy/backstage-plugin-operations-common';
import { flagMessages } from '../flags/messages';
import { servedText } from '../flags/words';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { rateLimitMessages } from '../rate-limits/messages';
import { limitText } from '../rate-limits/words';
import { tenantOfEntity } from '../entities';
import { TimeLeft } from './columns';
import { controlMessages } from './messages';

/** A card on the entity page of a tenant: its maintenance and its overridden limits. */
export function EntityTenantControlsCard() {
  const tenant = tenantOfEntity(useEntity().entity);
  return tenant ? <TenantControls tenant={tenant} /> : null;
}

const UNENDED = { state: ['active' as const, 'scheduled' as const], limit: 20 };

/** A card of a tenant's maintenance and overridden limits. */
export function TenantControls({ tenant }: { tenant: string }) {
  const { t } = useTranslationRef(controlMessages);
  const hasWindows = useOffered('maintenance', maintenanceReadPermission);
  const hasLimits = useOffered('rate-limits', rateLimitReadPermission);
  const windows = useLive(
    'GET /maintenance',
    hasWindows ? { query: { ...UNENDED, tenant } } : null,
    { topics: ['maintenance'] },
  );
  const overrides = useLive(
    'GET /rate-limit-overrides',
    hasLimits ? { query: { ...UNENDED, subject: tenant } } : null,
    { topics: ['rate-limits'] },
  );
  const links = useLinks();
  if (!hasWindows && !hasLimits) return null;
  return (
    <InfoCard title={t('card.title')}>
      <Stack>
        {hasWindows && (
          <Loaded of={windows} failure={t('card.maintenance.failure')}>
            {({ items }) => (
              <div>
                {items.length === 0 && <div>{t('card.maintenance.empty')}</div>}
                {[...items].reverse().map(window => (
                  <div key={window.id}>
                    <StatusChip status={window.mode} /> <TimeLeft of={window} />
                  </div>
                ))}
                <Link to={links.pageHref('maintenance', { tenant })}>
                  {t('card.maintenance.link')}
                </Link>
              </div>
            )}
          </Loaded>
        )}
        {hasLimits && (
          <Loaded of={overrides} failure={t('card.limits.failure')}>
            {({ items }) => (
              <div>
                {/* the search also finds parts of names */}
                <Overrides of={items.filter(o => isOf(o, tenant))} />
                <Link to={links.pageHref('rate-limits', { search: tenant })}>
                  {t('card.limits.link')}
                </Link>
              </div>
            )}
          </Loaded>
        )}
        <AuditLink of={{ tenant }}>{t('card.audit')}</AuditLink>
      </Stack>
    </InfoCard>
  );
}

function isOf({ subject }: RateLimitOverride, tenant: string): boolean {
  return subject.kind === 'tenant' && subject.tenant === tenant;
}

function Overrides(props: { of: RateLimitOverride[] }) {
  const { t } = useTranslationRef(controlMessages);
  const { t: limitT } = useTranslationRef(rateLimitMessages);
  if (props.of.length === 0) return <div>{t('card.limits.normal')}</div>;
  return (
    <>
      {props.of.map(override => (
        <div key={override.id}>
          {t('card.limits.limit', {
            limit: <strong>{limitText(limitT, override.limit)}</strong>,
          })}{' '}
          <TimeLeft of={override} />
        </div>
      ))}
    </>
  );
}

/** A card on the page of a group: the flags that it owns. */
export function EntityFlagsCard() {
  const owner = stringifyEntityRef(useEntity().entity);
  const isOffered = useOffered('flags', flagReadPermission);
  return isOffered ? <OwnedFlags owner={owner} /> : null;
}

function OwnedFlags({ owner }: { owner: string }) {
  const { t } = useTranslationRef(controlMessages);
  const { t: flagT } = useTranslationRef(flagMessages);
  const flags = useLive(
    'GET /flags',
    { query: { owner: [owner], limit: 20 } },
    { topics: ['flags'] },
  );
  const links = useLinks();
  return (
    <InfoCard
      title={t('card.flags.title')}
      deepLink={{
        title: t('card.flags.all'),
        link: links.pageHref('flags'),
      }}
    >
      <Loaded of={flags} failure={t('card.flags.failure')}>
        {({ items }) => (
          <div>
            {items.length === 0 && <EmptyState title={t('card.flags.empty')} />}
            {items.map(flag => (
              <div key={flag.key}>
                {t('card.flags.serves', {
                  flag: (
                    <Link
                      to={links.pageHref('flags', {
                        flag: flag.key,
                        search: flag.key,
                      })}
                    >
                      {flag.key}
                    </Link>
                  ),
                  value: <strong>{servedText(flagT, flag.serving)}</strong>,
                })}{' '}
                {flag.stale && <StatusChip status="stale" />}
                {flag.until && (
                  <Countdown from={flag.changedAt} until={flag.until} />
                )}
              </div>
            ))}
          </div>
        )}
      </Loaded>
    </InfoCard>
  );
}
