import type { Run } from '@craft-easy/backstage-plugin-operations-common';
import { Mark } from './Mark';

/** Why nobody is proven to have asked for a run; by what a worker found of the signature. */
const WHY = {
  missing:
    'The request was not signed: whoever can write to Redis can have made it. With keys in operations.requests, and their public parts in the workers’ configuration, only this portal can.',
  unchecked:
    'This portal signed the request, but the worker has no keys to check that by (requestKeys).',
  bad: 'The request has a signature that proves nothing: it is wrong, has expired, or was made for something else.',
};

/** Says that nothing proves who asked for a run. A run of its schedule needs no proof of that. */
export function Unsigned({ run }: { run: Pick<Run, 'signature'> }) {
  const { signature } = run;
  return signature && signature !== 'verified' ? (
    <Mark
      text="unsigned"
      title={WHY[signature]}
      tone={signature === 'bad' ? 'bad' : undefined}
    />
  ) : null;
}

/** The same as a sentence. */
export function unsignedText({ signature }: Pick<Run, 'signature'>) {
  return signature && signature !== 'verified' ? WHY[signature] : undefined;
}
