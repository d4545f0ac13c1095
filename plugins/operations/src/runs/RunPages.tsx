import { Route, Routes } from 'react-router-dom';
import { Progress } from '@backstage/core-components';
import { lazyPart } from '../components/lazyPart';
import { NotFoundPage } from '../shell/NotFoundPage';

const RunsPage = lazyPart(
  () => import('./RunsPage').then(m => m.RunsPage),
  <Progress />,
);
const UpcomingPage = lazyPart(
  () => import('./UpcomingPage').then(m => m.UpcomingPage),
  <Progress />,
);

/** The runs of all jobs: those that were, and those that come. */
export function RunPages() {
  return (
    <Routes>
      <Route path="/" element={<RunsPage />} />
      <Route path="upcoming" element={<UpcomingPage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
