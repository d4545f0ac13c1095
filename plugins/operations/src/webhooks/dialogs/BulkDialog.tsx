import { useRef, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  DEFAULT_REPLAYS_PER_SECOND,
  MAX_REPLAYS_PER_SECOND,
  type BulkPreview,
  type WebhookAction,
  type WebhookFilter,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { Counting } from '../../bulk/Counting';
import { PaceField, usePace } from '../../bulk/PaceField';
import { ActionDialog } from '../../components/actions';
import { CheckField } from '../../components/CheckField';
import { durationText } from '../../components/time';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { webhookMessages, type WebhookT } from '../messages';

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
  const { t } = useTranslationRef(webhookMessages);
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
  const { data, answered } = preview;
  // Once it is open it stays, also while it is counted anew: what was typed into it would be lost.
  const isOpen = useRef(false);
  if (answered) isOpen.current = true;
  if (!data || !isOpen.current) {
    return (
      <Counting
        of={preview}
        words={{
          counting: t('bulkDialog.counting'),
          failure: t('bulkDialog.notCounted'),
        }}
        onClose={props.onClose}
      />
    );
  }
  return (
    <CountedDialog
      {...props}
      preview={data}
      isCounting={!answered}
      includeDelivered={includeDelivered}
      onIncludeDelivered={setIncludeDelivered}
    />
  );
}

function CountedDialog(
  props: Parameters<typeof BulkDialog>[0] & {
    preview: BulkPreview;
    /** `preview` is of another question */
    isCounting: boolean;
    includeDelivered: boolean;
    onIncludeDelivered: (on: boolean) => void;
  },
) {
  const { t } = useTranslationRef(webhookMessages);
  const pace = usePace(DEFAULT_REPLAYS_PER_SECOND, MAX_REPLAYS_PER_SECOND);
  const { action, ids, filter, preview, isCounting } = props;
  const { perSecond } = pace;
  const offersDelivered =
    action === 'replay' &&
    (preview.skipped.delivered > 0 || props.includeDelivered);
  return (
    <ActionDialog
      action={`webhook.${action}`}
      onClose={props.onClose}
      title={t(`bulkDialog.titles.${action}`, { count: preview.count })}
      button={t(`actions.${action}`)}
      facts={
        isCounting
          ? [t('bulkDialog.counting')]
          : factsOf(t, action, preview, perSecond)
      }
      valid={
        isCounting
          ? 'loading'
          : preview.count > 0 &&
            (action !== 'replay' || perSecond !== undefined)
      }
      endpoint="POST /webhook-failures/bulk"
      body={() => ({
        action,
        selection: ids ? { ids } : { filter, asOf: preview.asOf },
        expected: preview.count,
        ...(action === 'replay' && {
          perEndpointPerSecond: perSecond,
          ...(props.includeDelivered && { includeDelivered: true }),
        }),
      })}
      outcome={result => {
        props.onDone();
        return t(`bulkDialog.outcomes.${action}`, { count: result.count });
      }}
    >
      {action === 'replay' && (
        <>
          <PaceField
            pace={pace}
            label={t('bulkDialog.rate.label')}
            help={t('bulkDialog.rate.help')}
          />
          {offersDelivered && (
            <CheckField
              label={t('bulkDialog.includeDelivered')}
              checked={props.includeDelivered}
              onChange={props.onIncludeDelivered}
            />
          )}
        </>
      )}
    </ActionDialog>
  );
}

const SKIPPED = ['delivered', 'replaying', 'expired', 'same'] as const;

function factsOf(
  t: WebhookT,
  action: WebhookAction,
  preview: BulkPreview,
  rate: number | undefined,
): string[] {
  const { count, skipped } = preview;
  const facts: string[] = [
    t(`bulkDialog.scopes.${action}`, {
      deliveries: t('counts.deliveries', { count }),
      endpoints: t('counts.endpoints', { count: preview.endpoints }),
      tenants: t('counts.tenants', { count: preview.tenants }),
    }),
    t(`bulkDialog.effects.${action}`),
  ];
  if (action === 'replay' && rate && count > 0) {
    const ms = (preview.largestEndpoint / rate) * 1000;
    const duration = durationText(Math.max(1000, ms));
    facts.push(t('bulkDialog.time', { duration }));
  }
  for (const why of SKIPPED) {
    if (skipped[why] > 0) {
      facts.push(t(`bulkDialog.skipped.${why}`, { count: skipped[why] }));
    }
  }
  return facts;
}
