import { Progress } from '@backstage/core-components';
import { lazyPart } from '../components/lazyPart';

/**
 * Pages that are no tab, by their paths below the mount point, as `operations-react/src/routes.ts`
 * has them.
 */
export const beside = [
  {
    path: 'run/:id',
    Component: lazyPart(
      () => import('./RunRoute').then(m => m.RunRoute),
      <Progress />,
    ),
  },
  {
    path: 'tenants/:tenant',
    Component: lazyPart(
      () => import('./TenantPage').then(m => m.TenantPage),
      <Progress />,
    ),
  },
];
