import type { ReactNode } from 'react';
import type { Live } from '@craft-easy/backstage-plugin-operations-react';
import { ErrorNotice } from './ErrorNotice';
import { Skeleton } from './Skeleton';

/** Renders loaded data; a skeleton while it is fetched, or the error where that failed. */
export function Loaded<T>(props: {
  of: Live<T>;
  /** "The trend could not be loaded" */
  failure: string;
  skeleton?: ReactNode;
  /** the way back, where there is nothing here */
  back?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { data, error, loading, refresh } = props.of;
  if (data !== undefined) return <>{props.children(data)}</>;
  if (error) {
    return (
      <ErrorNotice
        title={props.failure}
        error={error}
        onRetry={refresh}
        retried
        back={props.back}
      />
    );
  }
  return loading ? <>{props.skeleton ?? <Skeleton width="80%" />}</> : null;
}
