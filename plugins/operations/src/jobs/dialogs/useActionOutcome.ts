import { useCallback } from 'react';
import type { RunActionResult } from '@craft-easy/backstage-plugin-operations-common';
import type { Outcome } from '../../components/Outcomes';
import { useAuditHref, useRunHref } from '../links';

/** What to say after an action on a run: with the way to the run, and to its row in the audit trail. */
export function useActionOutcome(): (
  result: RunActionResult,
  text: string,
) => Outcome {
  const runHref = useRunHref();
  const auditHref = useAuditHref();
  return useCallback(
    ({ run, auditId }, text) => ({
      text,
      links: [
        { title: 'Open run', to: runHref(run) },
        { title: 'Audit row', to: auditHref(run.jobId, auditId) },
      ],
    }),
    [runHref, auditHref],
  );
}
