import { useEffect, useState } from 'react';
import { storageApiRef, useApiHolder } from '@backstage/core-plugin-api';
import {
  setZoneChoice,
  ZONE_CHOICES,
  type ZoneChoice,
} from '../components/zone';

const BUCKET = 'operations';
const KEY = 'times';

/**
 * The zone in which the viewer wants times, kept with the other settings of the user; the times
 * below the component that calls it are written in it.
 */
export function useZoneChoice(): [ZoneChoice, (next: ZoneChoice) => void] {
  const storage = useApiHolder().get(storageApiRef);
  const [bucket] = useState(() => storage?.forBucket(BUCKET));
  const [choice, setChoice] = useState(() => read(bucket?.snapshot(KEY).value));
  useEffect(() => {
    const subscription = bucket
      ?.observe$(KEY)
      .subscribe(next => setChoice(read(next.value)));
    return () => subscription?.unsubscribe();
  }, [bucket]);
  // before the children render, which read it
  setZoneChoice(choice);
  const choose = (next: ZoneChoice) => {
    setChoice(next);
    bucket?.set(KEY, next);
  };
  return [choice, choose];
}

function read(value: unknown): ZoneChoice {
  return ZONE_CHOICES.find(choice => choice === value) ?? 'schedule';
}
