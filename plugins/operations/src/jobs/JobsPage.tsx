import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router-dom';
import { Progress } from '@backstage/core-components';

const InventoryPage = lazy(async () => ({
  default: (await import('./inventory/InventoryPage')).InventoryPage,
}));
const JobPage = lazy(async () => ({
  default: (await import('./job/JobPage')).JobPage,
}));

/** The inventory of jobs, and a page for each job. */
export function JobsPage() {
  return (
    <Suspense fallback={<Progress />}>
      <Routes>
        <Route path="/" element={<InventoryPage />} />
        <Route path=":engine/:name" element={<JobPage />} />
      </Routes>
    </Suspense>
  );
}
