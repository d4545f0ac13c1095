import { lazyPart, Skeleton } from '../../components';

/**
 * A form for a job's parameters, made from its JSON Schema. The form library and its validator
 * weigh more than the rest of the page, so they load with the first form.
 */
export const ParametersField = lazyPart(
  () => import('./ParametersForm').then(m => m.ParametersForm),
  <Skeleton width="100%" height={56} />,
);
