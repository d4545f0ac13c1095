import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { InfoCard } from '@backstage/core-components';
import { useEntity } from '@backstage/plugin-catalog-react';
import Typography from '@material-ui/core/Typography';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { Loaded } from '../components/Loaded';
import { jobOfEntity } from '../entities';
import { AttentionList } from './AttentionList';
import { useAttention } from './useAttention';
import { attentionMessages } from './messages';

/** A card on the entity page of a job: what of the job needs attention. */
export function EntityAttention() {
  const job = jobOfEntity(useEntity().entity);
  if (!job) return null;
  return <Card job={job} />;
}

function Card(props: { job: JobKey }) {
  const { t } = useTranslationRef(attentionMessages);
  const { engine, name } = props.job;
  const attention = useAttention({ job: `${engine}/${name}` });
  return (
    <InfoCard title={t('card.title')}>
      <Loaded of={attention} failure={t('failure')}>
        {({ items }) =>
          items.length ? (
            <AttentionList items={items} label={t('label')} />
          ) : (
            <Typography variant="body2">{t('card.empty')}</Typography>
          )
        }
      </Loaded>
    </InfoCard>
  );
}
