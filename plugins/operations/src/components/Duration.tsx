import { useNow } from '../hooks/useNow';
import { durationText } from './time';

/** How long something took; counts while it is under way. */
export function Duration(props: {
  ms?: number;
  since?: string;
  until?: string;
}) {
  const live = props.ms === undefined && !!props.since && !props.until;
  const now = useNow(live ? 1000 : 0);
  let ms = props.ms;
  if (ms === undefined && props.since) {
    const end = props.until ? Date.parse(props.until) : now;
    ms = Math.max(0, end - Date.parse(props.since));
    if (live) ms = Math.floor(ms / 1000) * 1000;
  }
  return (
    <span
      style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}
      data-live={live || undefined}
    >
      {durationText(ms)}
    </span>
  );
}
