import { useCallback, useEffect, useState } from 'react';
import { storageApiRef, useApiHolder } from '@backstage/core-plugin-api';

const BUCKET = 'operations';

/**
 * A value kept with the other settings of the user, as every page that is open has it.
 *
 * @param read - understands what is kept, which may be anything; must be the same function on
 *   every render
 */
export function useSetting<T>(
  key: string,
  read: (kept: unknown) => T,
): [T, (next: T) => void] {
  const storage = useApiHolder().get(storageApiRef);
  const [bucket] = useState(() => storage?.forBucket(BUCKET));
  const [value, setValue] = useState(() => read(bucket?.snapshot(key).value));
  useEffect(() => {
    const subscription = bucket
      ?.observe$(key)
      .subscribe(next => setValue(read(next.value)));
    return () => subscription?.unsubscribe();
  }, [bucket, key, read]);
  const change = useCallback(
    (next: T) => {
      setValue(next);
      // where it cannot be kept, it holds as long as the page is open
      bucket?.set(key, next as never).catch(() => {});
    },
    [bucket, key],
  );
  return [value, change];
}
