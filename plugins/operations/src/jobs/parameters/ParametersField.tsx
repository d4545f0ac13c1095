import { lazy, Suspense } from 'react';
import { Skeleton } from '../../components/Skeleton';
import type { Parameters } from './ParametersForm';

// The form library and its validator weigh more than the rest of the page, so they load with the
// first form.
const ParametersForm = lazy(() => import('./ParametersForm'));

/** A form for a job's parameters, made from its JSON Schema. */
export function ParametersField(props: {
  schema: Record<string, unknown>;
  initial: Record<string, unknown>;
  onChange: (parameters: Parameters) => void;
}) {
  return (
    <Suspense fallback={<Skeleton width="100%" height={56} />}>
      <ParametersForm {...props} />
    </Suspense>
  );
}
