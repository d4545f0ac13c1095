import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  attentionAcknowledgePermission,
  rateLimitOverridePermission,
  webhookReplayPermission,
  type AttentionAction,
  type AttentionItem,
  type AttentionPlace,
} from '@craft-easy/backstage-plugin-operations-common';
import { OPEN_WEBHOOK_STATES } from '@craft-easy/backstage-plugin-operations-common/internal';
import { useMay } from '../access/useMay';
import { ActionButton, lazyDialog } from '../components';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { LazyRetryDialog } from '../jobs/dialogs';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import type { Kind } from './groups';
import { attentionMessages } from './messages';
import { PlaceButton } from './places';

const KINDS: Partial<Record<AttentionItem['state'], Kind[]>> = {
  open: ['acknowledge', 'snooze'],
  acknowledged: ['reopen'],
  snoozed: ['reopen'],
};

/** What the API calls an action that only opens; any other title says more, and is kept. */
const PLAIN_OPEN = 'Open';

const LazyAcknowledgeDialog = lazyDialog(() =>
  import('./AcknowledgeDialog').then(m => m.AcknowledgeDialog),
);

const LazyDecideDialog = lazyDialog(() =>
  import('../approvals/DecideDialog').then(m => m.DecideDialog),
);
const LazyBulkDialog = lazyDialog(() =>
  import('../webhooks/dialogs/BulkDialog').then(m => m.BulkDialog),
);

/**
 * The actions that an item offers on the spot. The server decides; what it would refuse is
 * explained here.
 */
export function ItemActions(props: { item: AttentionItem; brief?: boolean }) {
  const { t } = useTranslationRef(attentionMessages);
  const { item, brief } = props;
  const [dialog, setDialog] = useState<Kind>();
  const may = useMay(attentionAcknowledgePermission);
  return (
    <>
      {item.actions.map(action => (
        <OneAction key={`${action.kind}`} action={action} item={item} />
      ))}
      {!brief &&
        KINDS[item.state]?.map(kind => (
          <ActionButton
            key={kind}
            capability={may}
            rank="tertiary"
            onClick={() => setDialog(kind)}
            label={t('action.named', {
              action: t(`verb.${kind}`),
              item: item.title,
            })}
          >
            {t(`verb.${kind}`)}
          </ActionButton>
        ))}
      {dialog && (
        <LazyAcknowledgeDialog
          item={item}
          kind={dialog}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  );
}

function OneAction(props: { action: AttentionAction; item: AttentionItem }) {
  const { t } = useTranslationRef(attentionMessages);
  const { action, item } = props;
  switch (action.kind) {
    case 'open': {
      const text =
        action.title === PLAIN_OPEN ? t('action.open') : action.title;
      return (
        <PlaceButton
          place={item.place}
          label={t('action.named', { action: text, item: item.title })}
        >
          {text}
        </PlaceButton>
      );
    }
    case 'retry':
      return (
        <RetryAction
          runId={action.runId}
          label={t('action.retryNamed', { subject: item.subject.title })}
        />
      );
    case 'run':
      return (
        <PlaceButton
          place={item.place}
          label={t('action.runNamed', { subject: item.subject.title })}
        >
          {t('action.run')}
        </PlaceButton>
      );
    case 'approve':
      return <ApproveAction approvalId={action.approvalId} item={item} />;
    case 'replay':
      return <ReplayAction of={action} item={item} />;
    case 'override':
      return <OverrideAction client={action.client} />;
    default: {
      const place = placeOf(action);
      return place ? (
        <PlaceButton
          place={place}
          label={t('action.named', { action: action.title, item: item.title })}
        >
          {action.title}
        </PlaceButton>
      ) : (
        <span>{action.title}</span>
      );
    }
  }
}

/** Where somebody is paged. */
function placeOf({
  url,
  entityRef,
}: Extract<AttentionAction, { kind: 'page' }>): AttentionPlace | undefined {
  if (url) return { kind: 'url', url };
  return entityRef ? { kind: 'entity', entityRef } : undefined;
}

function RetryAction(props: { runId: string; label: string }) {
  const { t } = useTranslationRef(attentionMessages);
  const [open, setOpen] = useState(false);
  const run = useLive(
    'GET /runs/:id',
    { params: { id: props.runId } },
    { topics: ['runs'], everyMs: 0 },
  );
  return (
    <>
      <ActionButton
        capability={run.data?.actions.retry}
        label={props.label}
        onClick={() => setOpen(true)}
      >
        {t('action.retry')}
      </ActionButton>
      {open && run.data && (
        <LazyRetryDialog run={run.data} onClose={() => setOpen(false)} />
      )}
    </>
  );
}

/** Decides a request; it opens with all that the dialog said in which it was asked for. */
function ApproveAction(props: { approvalId: string; item: AttentionItem }) {
  const { t } = useTranslationRef(attentionMessages);
  const [open, setOpen] = useState(false);
  const { approvalId, item } = props;
  const approval = useLive(
    'GET /approvals/:id',
    { params: { id: approvalId } },
    { topics: ['approvals'], everyMs: 0 },
  );
  return (
    <>
      <ActionButton
        capability={approval.data?.actions.approve}
        label={t('action.named', {
          action: t('action.approve'),
          item: item.title,
        })}
        onClick={() => setOpen(true)}
      >
        {t('action.approve')}
      </ActionButton>
      {open && approval.data && (
        <LazyDecideDialog
          item={approval.data}
          verb="approve"
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

/** Replays the open deliveries that the item is about. */
function ReplayAction(props: {
  of: { tenant: string; endpoint?: string };
  item: AttentionItem;
}) {
  const { t } = useTranslationRef(attentionMessages);
  const [open, setOpen] = useState(false);
  const may = useMay(webhookReplayPermission);
  const { of, item } = props;
  const close = () => setOpen(false);
  return (
    <>
      <ActionButton
        capability={may}
        label={t('action.named', {
          action: t('action.replay'),
          item: item.title,
        })}
        onClick={() => setOpen(true)}
      >
        {t('action.replay')}
      </ActionButton>
      {open && (
        <LazyBulkDialog
          action="replay"
          ids={undefined}
          filter={{
            tenant: [of.tenant],
            endpoint: of.endpoint === undefined ? undefined : [of.endpoint],
            state: [...OPEN_WEBHOOK_STATES],
          }}
          onClose={close}
          onDone={close}
        />
      )}
    </>
  );
}

/** Opens the dialog that overrides the limit of a client. */
function OverrideAction({ client }: { client: string }) {
  const { t } = useTranslationRef(attentionMessages);
  const may = useMay(rateLimitOverridePermission);
  const links = useLinks();
  const navigate = useNavigate();
  return (
    <ActionButton
      capability={may}
      label={t('action.overrideNamed', { client })}
      onClick={() =>
        navigate(links.pageHref('rate-limits', { override: client }))
      }
    >
      {t('action.override')}
    </ActionButton>
  );
}
