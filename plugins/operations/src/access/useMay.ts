import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Permission } from '@backstage/plugin-permission-common';
import type {
  Capability,
  MyPermissions,
  OptionalPage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { commonMessages } from '../components/messages';

/** What the user may do, fetched once for all callers; or that it cannot be known now. */
export function useMyPermissions(): {
  mine: MyPermissions | undefined;
  isUnknowable: boolean;
} {
  const { data, error } = useLive('GET /permissions/mine', {}, { everyMs: 0 });
  return {
    mine: data,
    isUnknowable: data === undefined && error !== undefined,
  };
}

/** Whether this portal uses a page: anything was configured or reported that it shows. */
export function isInUse(
  page: string,
  mine: Pick<MyPermissions, 'unusedPages'>,
): boolean {
  return !(mine.unusedPages as string[]).includes(page);
}

/**
 * Whether to show, outside of a page, what is on it: this portal uses the page, and the user may
 * read it. Undefined while that is not known.
 */
export function useOffered(
  page: OptionalPage,
  read: Permission,
): boolean | undefined {
  const { mine, isUnknowable } = useMyPermissions();
  const may = useMay(read);
  if (!mine) return isUnknowable || undefined;
  return isInUse(page, mine) && may?.allowed !== false;
}

/**
 * Whether the user is shown less than there is, since they may read some things only. False while
 * that is not known.
 *
 * @param reads - what all of it takes; a permission that the user lacks hides its part
 */
export function useSeesPart(reads: readonly Permission[]): boolean {
  const { mine } = useMyPermissions();
  const names = reads.map(({ name }) => name);
  return Boolean(
    mine?.items.some(
      ({ permission, decision }) =>
        names.includes(permission) && decision !== 'allow',
    ),
  );
}

/**
 * Whether the user may do something, at least to some things; undefined while that is not known.
 * The backend decides; this only predicts its decision.
 */
export function useMay(permission: Permission): Capability | undefined {
  const { t } = useTranslationRef(commonMessages);
  const { mine } = useMyPermissions();
  const one = mine?.items.find(item => item.permission === permission.name);
  if (!one) return undefined;
  if (one.decision !== 'deny') return { allowed: true };
  return {
    allowed: false,
    rule: 'permission',
    permission: permission.name,
    reason: t('access.denied', {
      permission: permission.name,
      action: one.title,
    }),
  };
}
