import { Route, Routes } from 'react-router-dom';
import { Progress } from '@backstage/core-components';
import { lazyPart } from '../components/lazyPart';
import { NotFoundPage } from '../shell/NotFoundPage';

const InventoryPage = lazyPart(
  () => import('./inventory/InventoryPage').then(m => m.InventoryPage),
  <Progress />,
);
const JobPage = lazyPart(
  () => import('./job/JobPage').then(m => m.JobPage),
  <Progress />,
);

/** The inventory of jobs, and a page for each job. */
export function JobsPage() {
  return (
    <Routes>
      <Route path="/" element={<InventoryPage />} />
      <Route path=":engine/:name" element={<JobPage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
