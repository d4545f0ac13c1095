import { useState } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { SelectField } from '../components/TextField';
import type { Flag } from '@craft-easy/backstage-plugin-operations-common';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';
import { operationsApiRef } from '../api';
import { ActionDialog } from '../components/actions';
import { CheckField } from '../components/CheckField';
import { statusCodeOf } from '../components/errors';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { absoluteTime, HOUR } from '../components/time';
import { endAfter, EndField } from '../controls/EndField';
import { useLinks } from '../links';
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
  const links = useLinks();
  const api = useApi(operationsApiRef);
  const [now] = useState(Date.now);
  // the flag to compare with: as it was when the dialog opened, or as the other operator left it
  const [flag, setFlag] = useState(props.flag);
  const [conflict, setConflict] = useState(false);
  const [variant, setVariant] = useState(
    props.to ?? props.flag.serving ?? DISABLED,
  );
  const [forAWhile, setForAWhile] = useState(false);
  const [end, setEnd] = useState(() => endAfter(now, 2 * HOUR));
  const before = servedText(flag.serving);
  const after = variant === DISABLED ? 'disabled' : variant;
  const back = flag.until ? servedText(flag.afterVariant) : before;
  const endProblem =
    end.at === undefined || end.at <= now ? 'Say until when' : undefined;

  return (
    <ActionDialog
      action="flag.toggle"
      onClose={props.onClose}
      verb="Switch"
      object={flag.key}
      facts={[
        <>
          It serves <strong>{before}</strong> now, and then{' '}
          <strong>{after}</strong>, to everybody, in every process within a
          second.
        </>,
        forAWhile && end.at ? (
          <>
            At {absoluteTime(end.at)} it goes back to <strong>{back}</strong> by
            itself.
          </>
        ) : (
          'It stays so until somebody changes it.'
        ),
        'Every change can be undone from the history.',
      ]}
      valid={!forAWhile || !endProblem}
      endpoint="PUT /flags/:key"
      params={{ key: flag.key }}
      ifMatch={flag.etag}
      body={() => ({
        variant: variant === DISABLED ? null : variant,
        until: forAWhile && end.at ? new Date(end.at).toISOString() : undefined,
      })}
      onError={async error => {
        if (statusCodeOf(error) !== 412) return;
        setFlag(
          await api.call('GET /flags/:key', { params: { key: flag.key } }),
        );
        setConflict(true);
      }}
      outcome={({ flag: changed }) => ({
        text: `${changed.key} serves ${servedText(changed.serving)} now.`,
        links: [
          {
            title: 'History',
            to: links.pageHref('flags', { flag: changed.key }),
          },
        ],
      })}
    >
      {conflict && (
        <p role="alert">
          <strong>Somebody was quicker.</strong> <Person of={flag.changedBy} />{' '}
          changed it <RelativeTime at={flag.changedAt} />: “{flag.changeReason}
          ”. It serves <strong>{before}</strong> now. If you still want yours,
          press Switch again.
        </p>
      )}
      <SelectField
        label="Serve"
        value={variant}
        onChange={setVariant}
        SelectProps={{ displayEmpty: true }}
        InputLabelProps={{ shrink: true }}
        choices={[
          ...Object.entries(flag.variants).map(
            ([name, value]) => [name, variantText(flag, name, value)] as const,
          ),
          [DISABLED, 'disabled: code uses its own default'],
        ]}
      />
      <CheckField
        label="Only for a while"
        checked={forAWhile}
        onChange={setForAWhile}
      />
      {forAWhile && (
        <EndField
          from={now}
          presetsMs={[HOUR, 2 * HOUR, 4 * HOUR, 24 * HOUR]}
          label="Goes back at"
          value={end}
          onChange={setEnd}
          problem={endProblem}
        />
      )}
    </ActionDialog>
  );
}

function variantText(flag: Flag, name: string, value: unknown): string {
  const standard = name === flag.defaultVariant ? ', the default' : '';
  return visibleText(`${name} (${JSON.stringify(value)})${standard}`);
}
