import { useParams } from 'react-router-dom';
import { lazyPart } from '../components/lazyPart';
import { usePendingApprovals } from './useApprovals';

const PendingList = lazyPart(() =>
  import('./PendingList').then(m => m.PendingList),
);

/**
 * What was asked for on a page and waits for a second person, where it was asked for; on the page
 * of a job, what was asked for that job.
 *
 * @param props - `of`: what the names of the page's actions begin with
 */
export function PendingRequests(props: { of: readonly string[] }) {
  const { '*': below = '' } = useParams();
  const items = usePendingApprovals()
    .filter(item => props.of.some(one => item.action.startsWith(`${one}.`)))
    .filter(item => !below || item.jobId === below);
  return items.length > 0 ? <PendingList items={items} /> : null;
}
