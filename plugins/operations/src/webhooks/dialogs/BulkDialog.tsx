import { useState } from 'react';
import Dialog from '@material-ui/core/Dialog';
import DialogContent from '@material-ui/core/DialogContent';
import TextField from '../../components/TextField';
import {
  DEFAULT_REPLAYS_PER_SECOND,
  MAX_REPLAYS_PER_SECOND,
  type BulkPreview,
  type WebhookAction,
  type WebhookFilter,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionDialog } from '../../components/actions';
import { CheckField } from '../../components/CheckField';
import { ErrorNotice } from '../../components/ErrorNotice';
import { Skeleton } from '../../components/Skeleton';
import { durationText } from '../../components/time';
import { useLive } from '../../hooks/useLive';
import { deliveries, VERBS } from '../words';
import { counted } from '../../components/words';

const DONE: Record<WebhookAction, string> = {
  replay: 'will be sent again',
  suppress: 'suppressed',
  handle: 'marked handled',
};

/**
 * Acts on many failures. Their exact number is fetched first, and the action is done to that many
 * or to none.
 */
export function BulkDialog(props: {
  action: WebhookAction;
  /** chosen by id; undefined: all that the filter matches */
  ids: string[] | undefined;
  filter: WebhookFilter;
  onClose: () => void;
  onDone: () => void;
}) {
  const [includeDelivered, setIncludeDelivered] = useState(false);
  const { action, ids, filter } = props;
  const preview = useLive(
    'GET /webhook-failures/bulk-preview',
    {
      query: {
        action,
        ...(ids ? { id: ids } : filter),
        // absent means no
        includeDelivered: includeDelivered || undefined,
      },
    },
    { everyMs: 0 },
  );
  const { data } = preview;
  if (!data || preview.switching) {
    return (
      <Dialog open onClose={props.onClose} aria-label="Counting">
        <DialogContent>
          {preview.error ? (
            <ErrorNotice
              title="Could not be counted"
              error={preview.error}
              onRetry={preview.refresh}
            />
          ) : (
            <>
              Counting what this would take… <Skeleton width={80} />
            </>
          )}
        </DialogContent>
      </Dialog>
    );
  }
  return (
    <CountedDialog
      {...props}
      key={data.asOf}
      preview={data}
      includeDelivered={includeDelivered}
      onIncludeDelivered={setIncludeDelivered}
    />
  );
}

function CountedDialog(
  props: Parameters<typeof BulkDialog>[0] & {
    preview: BulkPreview;
    includeDelivered: boolean;
    onIncludeDelivered: (on: boolean) => void;
  },
) {
  const [pace, setPace] = useState(String(DEFAULT_REPLAYS_PER_SECOND));
  const { action, ids, filter, preview } = props;
  const rate = Number(pace);
  const paceProblem = !(rate >= 0.1 && rate <= MAX_REPLAYS_PER_SECOND);
  const offersDelivered =
    action === 'replay' &&
    (preview.skipped.delivered > 0 || props.includeDelivered);
  return (
    <ActionDialog
      action={`webhook.${action}`}
      onClose={props.onClose}
      title={`${VERBS[action]} ${deliveries(preview.count)}`}
      button={VERBS[action]}
      facts={factsOf(action, preview, paceProblem ? undefined : rate)}
      valid={preview.count > 0 && (action !== 'replay' || !paceProblem)}
      endpoint="POST /webhook-failures/bulk"
      body={() => ({
        action,
        selection: ids ? { ids } : { filter, asOf: preview.asOf },
        expected: preview.count,
        ...(action === 'replay' && {
          perEndpointPerSecond: rate,
          ...(props.includeDelivered && { includeDelivered: true }),
        }),
      })}
      outcome={result => {
        props.onDone();
        return `${deliveries(result.count)} ${DONE[action]}.`;
      }}
    >
      {action === 'replay' && (
        <>
          <TextField
            label="Replays per second and endpoint"
            fullWidth={false}
            type="number"
            value={pace}
            error={paceProblem}
            helperText={
              paceProblem
                ? `Between 0.1 and ${MAX_REPLAYS_PER_SECOND}`
                : 'A receiver that has just come back wants to be spared.'
            }
            inputProps={{ min: 0.1, max: MAX_REPLAYS_PER_SECOND, step: 'any' }}
            onChange={event => setPace(event.target.value)}
          />
          {offersDelivered && (
            <CheckField
              label="Send those that were delivered once more, too"
              checked={props.includeDelivered}
              onChange={props.onIncludeDelivered}
            />
          )}
        </>
      )}
    </ActionDialog>
  );
}

function factsOf(
  action: WebhookAction,
  preview: BulkPreview,
  rate: number | undefined,
): string[] {
  const { count, tenants, endpoints, skipped } = preview;
  const at = counted(endpoints, 'endpoint');
  const of = counted(tenants, 'tenant');
  const facts = [`It takes ${deliveries(count)} at ${at} of ${of}.`];
  if (action === 'replay') {
    facts.push(
      'Each is sent under its own id with the same bytes, freshly signed: a receiver that has it already can tell.',
    );
    if (rate && count > 0) {
      const ms = (preview.largestEndpoint / rate) * 1000;
      const time = durationText(Math.max(1000, ms));
      facts.push(`At this pace it takes about ${time}; it can be stopped.`);
    }
  } else {
    facts.push(
      action === 'suppress'
        ? 'They stay on record, leave the inbox, and stay out of it when they fail anew.'
        : 'They stay on record and leave the inbox. One that fails anew comes back.',
    );
  }
  const left = [
    [skipped.delivered, 'were delivered'],
    [skipped.replaying, 'are being sent again already'],
    [skipped.expired, 'are no longer kept by the platform'],
    [skipped.same, 'are dealt with already'],
  ].filter(([n]) => Number(n) > 0);
  if (left.length > 0) {
    facts.push(
      `Left out: ${left
        .map(([n, why]) => `${n.toLocaleString()} that ${why}`)
        .join(', ')}.`,
    );
  }
  return facts;
}
