import { useParams } from 'react-router-dom';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Typography from '@material-ui/core/Typography';
import { webhookReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import { useOffered } from '../access/useMay';
import { AttentionList } from '../attention/AttentionList';
import { useAttention } from '../attention/useAttention';
import { Loaded, Stack, styles } from '../components';
import { PageTitle } from '../components/PageTitle';
import { TenantControls } from '../controls/entity';
import { TenantJobs } from '../jobs/TenantJobs';
import { TenantWebhooks } from '../webhooks/entity';
import { shellMessages } from './messages';

const useStyles = styles('TenantPage', theme => ({
  cards: {
    display: 'grid',
    // a card is never wider than a phone
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(22em, 100%), 1fr))',
    alignItems: 'start',
    gap: theme.spacing(2),
  },
}));

/**
 * What there is of one tenant: what needs attention, its jobs, webhooks, limits and maintenance;
 * each as far as this portal has it and the viewer may read it.
 */
export function TenantPage() {
  const { t } = useTranslationRef(shellMessages);
  const { tenant } = useParams() as { tenant: string };
  const classes = useStyles();
  const hasWebhooks = useOffered('webhooks', webhookReadPermission);
  return (
    <Stack>
      <PageTitle subject={tenant} of={t('title')} />
      <Typography variant="h6" component="h2">
        {tenant}
      </Typography>
      <TenantAttention tenant={tenant} />
      <div className={classes.cards}>
        <TenantJobs tenant={tenant} />
        {hasWebhooks && <TenantWebhooks tenant={tenant} />}
        <TenantControls tenant={tenant} />
      </div>
    </Stack>
  );
}

function TenantAttention({ tenant }: { tenant: string }) {
  const { t } = useTranslationRef(shellMessages);
  const attention = useAttention({ tenant: [tenant] });
  return (
    <Loaded of={attention} failure={t('tenant.attention.failure')}>
      {({ items }) =>
        items.length ? (
          <AttentionList items={items} label={t('pages.attention')} />
        ) : (
          <Typography variant="body2">{t('tenant.attention.empty')}</Typography>
        )
      }
    </Loaded>
  );
}
