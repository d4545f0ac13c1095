import { useEffect, useState } from 'react';
import type { KnownKind } from '@craft-easy/backstage-plugin-operations-common/internal';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';

/** How long somebody who types pauses before a name is looked up. */
const PAUSE_MS = 200;

/** What is known of a name in a field. */
export interface Known {
  kind: KnownKind;
  name: string;
  /** names that contain what was typed */
  options: string[];
  /** `away`: not found, and not everything could be asked */
  state: 'empty' | 'checking' | 'known' | 'unknown' | 'away';
  /** the user wants it nevertheless */
  ticked: boolean;
  tick: (ticked: boolean) => void;
  /** whether it may be used; `checking` until that is known */
  usable: boolean | 'checking';
}

/** Looks up a name. Of a blank one all that begin the list are offered; without one nothing is. */
export function useKnown(kind: KnownKind, typed: string | undefined): Known {
  const name = typed?.trim() ?? '';
  const [asked, setAsked] = useState(name);
  const [ticked, setTicked] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => setAsked(name), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [name]);
  const answer = useLive(
    'GET /known/:kind',
    typed === undefined
      ? null
      : { params: { kind }, query: { search: asked || undefined } },
    { everyMs: 0 },
  );
  const { data, error, switching } = answer;
  const state = (): Known['state'] => {
    if (!name) return 'empty';
    if (data?.items.some(item => item.name === name)) return 'known';
    if (asked !== name || switching) return 'checking';
    if (!data) return error ? 'away' : 'checking';
    return data.away.length > 0 ? 'away' : 'unknown';
  };
  const found = state();
  const isTicked = ticked === name;
  return {
    ...{ kind, name, ticked: isTicked, state: found },
    options: data?.items.map(item => item.name) ?? [],
    tick: on => setTicked(on ? name : undefined),
    usable:
      found === 'checking'
        ? 'checking'
        : found === 'known' || found === 'empty' || isTicked,
  };
}
