import {
  setZoneChoice,
  ZONE_CHOICES,
  type ZoneChoice,
} from '../components/zone';
import { useSetting } from './useSetting';

/**
 * The zone in which the viewer wants times, kept with the other settings of the user; the times
 * below the component that calls it are written in it.
 */
export function useZoneChoice(): [ZoneChoice, (next: ZoneChoice) => void] {
  const [choice, choose] = useSetting('times', read);
  // before the children render, which read it
  setZoneChoice(choice);
  return [choice, choose];
}

function read(value: unknown): ZoneChoice {
  return ZONE_CHOICES.find(choice => choice === value) ?? 'schedule';
}
