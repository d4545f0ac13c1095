import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router-dom';
import { Progress } from '@backstage/core-components';

const InventoryPage = lazy(() => import('./inventory'));
const JobPage = lazy(() => import('./job'));

/** Jobs: the inventory, and a page for each job. */
export default function Jobs() {
  return (
    <Suspense fallback={<Progress />}>
      <Routes>
        <Route path="/" element={<InventoryPage />} />
        <Route path=":engine/:name" element={<JobPage />} />
      </Routes>
    </Suspense>
  );
}
