import { screen } from '@testing-library/react';
import { renderInTestApp } from '@backstage/test-utils';
import type { QueueHold } from '@craft-easy/backstage-plugin-operations-common/internal';
import { StaleNotice } from '../components/Freshness';
import { JobMarks } from './Mark';
import { InEnglish, tOf } from '../__testUtils__/translate';
import { holdFact } from './holds';
import { jobMessages } from './messages';

const HOLDS: QueueHold[] = [
  { kind: 'paused' },
  { kind: 'rate-limit', max: 5, durationMs: 60_000 },
  { kind: 'concurrency', concurrency: 1 },
];

describe('[guarantees.5] what keeps runs back', () => {
  it('is marked beside the job, and said where a run is begun', async () => {
    await renderInTestApp(
      <InEnglish>
        <JobMarks job={{ registered: true, declared: true, holds: HOLDS }} />
      </InEnglish>,
    );
    for (const text of [
      'paused',
      'at most 5 per 1 min',
      'at most 1 at a time',
    ]) {
      expect(screen.getByText(text)).toBeVisible();
    }
    expect(HOLDS.map(hold => holdFact(tOf(jobMessages), hold))).toEqual([
      expect.stringMatching(/Another tool has paused its queue: the run waits/),
      expect.stringMatching(/begins at most 5 runs per 1 min/),
      expect.stringMatching(/at most 1 run at a time/),
    ]);
  });

  it('is said above the list where it is Redis, though the list is fresh', async () => {
    const troubles = ["The platform's Redis is full: it takes no runs"];
    const freshness = { state: 'live', asOf: '2026-11-30T00:00:00Z', troubles };
    await renderInTestApp(
      <InEnglish>
        <StaleNotice
          of={{ data: { freshness }, error: undefined, updatedAt: Date.now() }}
        />
      </InEnglish>,
    );
    expect(screen.getByRole('status')).toHaveTextContent(troubles[0]);
  });
});
