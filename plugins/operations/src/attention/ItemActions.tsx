import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { LinkButton } from '@backstage/core-components';
import {
  attentionAcknowledgePermission,
  type AttentionAction,
  type AttentionItem,
} from '@craft-easy/backstage-plugin-operations-common';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { useMay } from '../access/useMay';
import { ActionButton, lazyPart } from '../components';
import { useLive } from '../hooks/useLive';
import { LazyRetryDialog } from '../jobs/dialogs';
import type { Kind } from './groups';
import { attentionMessages } from './messages';

const KINDS: Partial<Record<AttentionItem['state'], Kind[]>> = {
  open: ['acknowledge', 'snooze'],
  acknowledged: ['reopen'],
  snoozed: ['reopen'],
};

const LazyAcknowledgeDialog = lazyPart(() =>
  import('./AcknowledgeDialog').then(m => m.AcknowledgeDialog),
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
            variant="text"
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
    case 'open':
      return (
        <LinkButton
          size="small"
          variant="outlined"
          to={action.href}
          aria-label={t('action.named', {
            action: action.title,
            item: item.title,
          })}
        >
          {action.title}
        </LinkButton>
      );
    case 'retry':
      return (
        <RetryAction
          runId={action.runId}
          label={t('action.retryNamed', { subject: item.subject.title })}
        />
      );
    case 'run':
      return (
        <LinkButton
          size="small"
          variant="outlined"
          to={item.href}
          aria-label={t('action.runNamed', { subject: item.subject.title })}
        >
          {t('action.run')}
        </LinkButton>
      );
    default:
      if (action.url) {
        return (
          <LinkButton size="small" to={action.url}>
            {action.title}
          </LinkButton>
        );
      }
      return action.entityRef ? (
        <EntityRefLink entityRef={action.entityRef} title={action.title} />
      ) : (
        <span>{action.title}</span>
      );
  }
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
        color="primary"
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
