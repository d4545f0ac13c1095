import { lazy, Suspense } from 'react';
import { Skeleton } from '../../components/Skeleton';

// The form library and its validator weigh more than all else on the page: they come with the first
// form.
const ParametersForm = lazy(() => import('./ParametersForm'));

/** Parameters as typed so far, and whether the schema allows them. */
export interface Parameters {
  value: Record<string, unknown>;
  valid: boolean;
}

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
