import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useApi } from '@backstage/core-plugin-api';
import { SelectField } from '../components/TextField';
import type { Flag } from '@craft-easy/backstage-plugin-operations-common';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';
import { operationsApiRef } from '@craft-easy/backstage-plugin-operations-react';
import { ActionDialog } from '../components/actions';
import { CheckField } from '../components/CheckField';
import { statusCodeOf } from '@craft-easy/backstage-plugin-operations-react/internal';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { absoluteTime, HOUR } from '../components/time';
import { endAfter, EndField } from '../controls/EndField';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { flagMessages, type FlagT } from './messages';
import { switchEffect } from './switchEffect';
import { servedText } from './words';

const DISABLED = '';

/**
 * Switches a flag, for good or until a time. Where another operator was quicker, the dialog shows
 * what they changed.
 */
export function SwitchDialog(props: {
  flag: Flag;
  /** the variant that was clicked */
  to?: string;
  onClose: () => void;
}) {
  const { t } = useTranslationRef(flagMessages);
  const links = useLinks();
  const api = useApi(operationsApiRef);
  const [now] = useState(Date.now);
  // the flag to compare with: as it was when the dialog opened, or as the other operator left it
  const [flag, setFlag] = useState(props.flag);
  const [conflict, setConflict] = useState(false);
  const [variant, setVariant] = useState(
    props.to ?? props.flag.serving ?? DISABLED,
  );
  const [temporarily, setTemporarily] = useState(false);
  const [end, setEnd] = useState(() => endAfter(now, 2 * HOUR));
  const before = servedText(t, flag.serving);
  const after = variant === DISABLED ? null : variant;
  const back = flag.until ? servedText(t, flag.afterVariant) : before;
  const endProblem =
    end.at === undefined || end.at <= now ? t('change.noEnd') : undefined;

  return (
    <ActionDialog
      action="flag.toggle"
      onClose={props.onClose}
      title={t('change.title', { key: flag.key })}
      button={t('change.button')}
      facts={[
        switchEffect(t, flag, after),
        temporarily && end.at
          ? t('change.until', {
              time: absoluteTime(end.at),
              variant: <strong>{back}</strong>,
            })
          : t('change.forGood'),
        t('change.undo'),
      ]}
      valid={!temporarily || !endProblem}
      endpoint="PUT /flags/:key"
      params={{ key: flag.key }}
      ifMatch={flag.etag}
      body={() => ({
        variant: after,
        until:
          temporarily && end.at ? new Date(end.at).toISOString() : undefined,
      })}
      onError={async error => {
        if (statusCodeOf(error) !== 412) return;
        setFlag(
          await api.call('GET /flags/:key', { params: { key: flag.key } }),
        );
        setConflict(true);
      }}
      outcome={({ flag: changed }) => ({
        text: t('change.outcome', {
          key: changed.key,
          variant: servedText(t, changed.serving),
        }),
        links: [
          {
            title: t('actions.history'),
            to: links.pageHref('flags', { flag: changed.key }),
          },
        ],
      })}
    >
      {conflict && (
        <p role="alert">
          <strong>{t('change.conflict.title')}</strong>{' '}
          {t('change.conflict.text', {
            person: <Person of={flag.changedBy} />,
            time: <RelativeTime at={flag.changedAt} />,
            reason: flag.changeReason,
            variant: <strong>{before}</strong>,
          })}
        </p>
      )}
      <SelectField
        label={t('change.serve')}
        value={variant}
        onChange={setVariant}
        SelectProps={{ displayEmpty: true }}
        InputLabelProps={{ shrink: true }}
        choices={[
          ...Object.entries(flag.variants).map(
            ([name, value]) =>
              [name, variantText(t, flag, name, value)] as const,
          ),
          [DISABLED, t('change.disabledChoice')],
        ]}
      />
      <CheckField
        label={t('change.temporarily')}
        checked={temporarily}
        onChange={setTemporarily}
      />
      {temporarily && (
        <EndField
          from={now}
          presetsMs={[HOUR, 2 * HOUR, 4 * HOUR, 24 * HOUR]}
          label={t('change.returnsAt')}
          value={end}
          onChange={setEnd}
          problem={endProblem}
        />
      )}
    </ActionDialog>
  );
}

function variantText(
  t: FlagT,
  flag: Flag,
  name: string,
  variant: unknown,
): string {
  const value = JSON.stringify(variant);
  return visibleText(
    name === flag.defaultVariant
      ? t('change.variantDefault', { name, value })
      : t('change.variant', { name, value }),
  );
}
