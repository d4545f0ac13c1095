import { useCallback, useState } from 'react';
import { storageApiRef, useApi } from '@backstage/core-plugin-api';

const KEPT = 4;

/** The reasons one gave last, newest first: an operator in the middle of an incident gives the same one again and again. */
export function useReasons(): {
  reasons: string[];
  remember: (reason: string) => void;
} {
  const bucket = useApi(storageApiRef).forBucket('operations');
  const [reasons, setReasons] = useState(
    () => bucket.snapshot<string[]>('reasons').value ?? [],
  );
  const remember = useCallback(
    (reason: string) => {
      const next = [reason, ...reasons.filter(r => r !== reason)].slice(
        0,
        KEPT,
      );
      setReasons(next);
      bucket.set('reasons', next);
    },
    [bucket, reasons],
  );
  return { reasons, remember };
}
