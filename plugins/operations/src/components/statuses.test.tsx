import { render, screen } from '@testing-library/react';
import {
  createTheme,
  getContrastRatio,
  ThemeProvider,
} from '@material-ui/core/styles';
import { runStatusSchema } from '@craft-easy/backstage-plugin-operations-common/internal';
import { InEnglish } from '../__testUtils__/translate';
import { StatusChip } from './StatusChip';
import { RUN_STATUSES, STATUSES } from './statuses';
import { tones, type Tone } from './tones';

const PAPER = { light: '#ffffff', dark: '#424242' };
const GROUND = { light: '#f8f8f8', dark: '#333333' };

describe('the vocabulary of status', () => {
  it('can be recognised without colour: each status of runs has an icon of its own, and failures another pattern than successes', () => {
    expect(RUN_STATUSES).toEqual(runStatusSchema.options);
    const ofRuns = RUN_STATUSES.map(status => STATUSES[status]);
    expect(new Set(ofRuns.map(look => look.icon)).size).toBe(ofRuns.length);
    expect(STATUSES.failed.pattern).not.toBe(STATUSES.succeeded.pattern);
  });

  it('shows a word that a newer backend invented', () => {
    render(<StatusChip status="half-done" />, { wrapper: InEnglish });
    expect(screen.getByText('half done')).toBeVisible();
  });

  it.each(['light', 'dark'] as const)('is readable in the %s theme', type => {
    const theme = createTheme({ palette: { type } });
    const all = tones(theme);
    for (const tone of Object.keys(all) as Tone[]) {
      const { text, tint, solid } = all[tone];
      for (const ground of tint === 'transparent'
        ? [PAPER[type], GROUND[type]]
        : [tint]) {
        expect([tone, getContrastRatio(text, ground) >= 4.5]).toEqual([
          tone,
          true,
        ]);
      }
      for (const ground of [PAPER[type], GROUND[type]]) {
        expect([tone, getContrastRatio(solid, ground) >= 3]).toEqual([
          tone,
          true,
        ]);
      }
    }
  });

  it('follows the theme', () => {
    render(
      <ThemeProvider theme={createTheme({ palette: { type: 'dark' } })}>
        <StatusChip status="failed" />
      </ThemeProvider>,
      { wrapper: InEnglish },
    );
    expect(screen.getByText('failed')).toBeVisible();
  });
});
