import { render, screen } from '@testing-library/react';
import {
  createTheme,
  getContrastRatio,
  ThemeProvider,
} from '@material-ui/core/styles';
import { runStatusSchema } from '@craft-easy/backstage-plugin-operations-common/internal';
import { StatusChip } from './StatusChip';
import { STATUSES, statusLook } from './statuses';
import { tones, type Tone } from './tones';

const PAPER = { light: '#ffffff', dark: '#424242' };
const GROUND = { light: '#f8f8f8', dark: '#333333' };

describe('the vocabulary of status', () => {
  it('can be recognised without colour: each status has a word of its own, those of runs an icon too, and failures another pattern than successes', () => {
    const looks = Object.keys(STATUSES).map(statusLook);
    expect(new Set(looks.map(look => look.word)).size).toBe(looks.length);
    const ofRuns = runStatusSchema.options.map(status => STATUSES[status]);
    expect(new Set(ofRuns.map(look => look.icon)).size).toBe(ofRuns.length);
    expect(STATUSES.failed.pattern).not.toBe(STATUSES.succeeded.pattern);
  });

  it('shows a word that a newer backend invented', () => {
    render(<StatusChip status="half-done" />);
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
    );
    expect(screen.getByText('failed')).toBeVisible();
  });
});
