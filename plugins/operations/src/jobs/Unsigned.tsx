import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Run } from '@craft-easy/backstage-plugin-operations-common';
import { Mark } from './Mark';
import { jobMessages, type JobT } from './messages';

/** Says that nothing proves who asked for a run. A run of its schedule needs no proof of that. */
export function Unsigned({ run }: { run: Pick<Run, 'signature'> }) {
  const { t } = useTranslationRef(jobMessages);
  const why = unsignedText(t, run);
  return why ? (
    <Mark
      text={t('signature.unsigned')}
      title={why}
      tone={run.signature === 'bad' ? 'bad' : undefined}
    />
  ) : null;
}

/** Why nobody is proven to have asked for a run; by what a worker found of the signature. */
export function unsignedText(
  t: JobT,
  { signature }: Pick<Run, 'signature'>,
): string | undefined {
  return signature && signature !== 'verified'
    ? t(`signature.${signature}`)
    : undefined;
}
