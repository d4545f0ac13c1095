import { useLocation } from 'react-router-dom';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { MyPermissions } from '@craft-easy/backstage-plugin-operations-common/internal';
import { isInUse, useMyPermissions } from '../access/useMay';
import { useApprovalCount } from '../approvals/useApprovals';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { capabilities, type Capability } from './capabilities';
import { shellMessages } from './messages';

/** A capability whose page the user may open, with the name of its tab. */
export interface Tab {
  capability: Capability;
  label: string;
}

/** The path of the open page. */
export function useHere(): string | undefined {
  const { root } = useLinks();
  const { pathname } = useLocation();
  return pathname.slice(root.length).split('/').filter(Boolean)[0];
}

/**
 * The tabs of the pages that this portal uses and the user may read. While that is not known there
 * is the tab of the open page alone: a tab that vanishes would be pressed in vain.
 *
 * @param here - path of the open page
 */
export function useTabs(here: string | undefined): Tab[] {
  const { t } = useTranslationRef(shellMessages);
  const { mine, isUnknowable } = useMyPermissions();
  const approvals = useApprovalCount();
  return capabilities
    .filter(
      capability =>
        capability.path === here ||
        isUnknowable ||
        (mine && mayRead(capability, mine) && isInUse(capability.path, mine)),
    )
    .map(capability => {
      const title = t(`pages.${capability.path}`);
      return {
        capability,
        label:
          capability.path === 'approvals' && approvals
            ? t('counted', { title, n: approvals })
            : title,
      };
    });
}

/** Whether the user may read a page, at least a part of it; true while that is not known. */
export function mayRead(
  { read }: Capability,
  mine: MyPermissions | undefined,
): boolean {
  const one = mine?.items.find(item => item.permission === read?.name);
  return one?.decision !== 'deny';
}
