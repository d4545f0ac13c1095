import type { MyPermissions } from '@craft-easy/backstage-plugin-operations-common';
import { useLive } from '../hooks/useLive';

const KEY = ['my-permissions'] as const;

/** What the person may do. Fetched once for all who ask; not at all while nobody needs it. */
export function useMyPermissions(needed = true): MyPermissions | undefined {
  const { data } = useLive(needed ? KEY : null, api => api.getMyPermissions(), {
    everyMs: 0,
  });
  return data;
}
