import { InfoCard } from '@backstage/core-components';
import { useEntity } from '@backstage/plugin-catalog-react';
import Typography from '@material-ui/core/Typography';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { ErrorNotice } from '../components/ErrorNotice';
import { Skeleton } from '../components/Skeleton';
import { jobOfEntity } from '../jobEntity';
import { OperationsRoot } from '../shell/OperationsRoot';
import { AttentionList } from './AttentionList';
import { useAttention } from './useAttention';

/** What needs somebody of the job that an entity stands for, in a card. */
export function EntityAttention() {
  const job = jobOfEntity(useEntity().entity);
  if (!job) return null;
  return (
    <OperationsRoot>
      <Card job={job} />
    </OperationsRoot>
  );
}

function Card(props: { job: JobKey }) {
  const { engine, name } = props.job;
  const attention = useAttention({ job: `${engine}/${name}` });
  return (
    <InfoCard title="Attention">
      {attention.loading && <Skeleton width="80%" />}
      {!attention.data && attention.error && (
        <ErrorNotice
          title="What needs attention could not be loaded"
          error={attention.error}
          onRetry={attention.refresh}
        />
      )}
      {attention.data &&
        (attention.data.items.length ? (
          <AttentionList items={attention.data.items} label="Needs attention" />
        ) : (
          <Typography variant="body2">Nothing of this job needs you</Typography>
        ))}
    </InfoCard>
  );
}
