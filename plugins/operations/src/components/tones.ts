import type { Theme } from '@material-ui/core/styles';

/**
 * The colours of a tone. `text` on `tint` has a contrast of at least 4.5:1, `solid` on paper of at
 * least 3:1, in both themes.
 */
export interface ToneColors {
  text: string;
  tint: string;
  solid: string;
}

/**
 * The meaning of a colour; several statuses may share one, since each has its own icon and word.
 */
export type Tone =
  | 'good'
  | 'bad'
  | 'warn'
  | 'busy'
  | 'odd'
  | 'neutral'
  | 'quiet';

const LIGHT: Record<Tone, ToneColors> = {
  good: { text: '#14612c', tint: '#e3f4e8', solid: '#2b8a4b' },
  bad: { text: '#a11622', tint: '#fde7e9', solid: '#d3212d' },
  warn: { text: '#7a4700', tint: '#fff0d9', solid: '#b86e00' },
  busy: { text: '#174f96', tint: '#e4eefb', solid: '#2a6fc9' },
  odd: { text: '#5b349e', tint: '#efe8fb', solid: '#7d4fd0' },
  neutral: { text: '#4a4f55', tint: '#eceef0', solid: '#737a82' },
  quiet: { text: '#5c6166', tint: 'transparent', solid: '#848a92' },
};

const DARK: Record<Tone, ToneColors> = {
  good: { text: '#a4e6b6', tint: '#2c4a35', solid: '#63c77e' },
  bad: { text: '#ffb9bc', tint: '#5c2f33', solid: '#ff7078' },
  warn: { text: '#ffd699', tint: '#574426', solid: '#f2a93b' },
  busy: { text: '#b3d5ff', tint: '#2b4365', solid: '#6ba9f5' },
  odd: { text: '#d9c6ff', tint: '#463864', solid: '#b391f5' },
  neutral: { text: '#dde1e5', tint: '#545a60', solid: '#a7aeb5' },
  quiet: { text: '#c6cbd0', tint: 'transparent', solid: '#959ba2' },
};

/** The colours of all tones in the current theme. */
export function tones(theme: Theme): Record<Tone, ToneColors> {
  return theme.palette.type === 'dark' ? DARK : LIGHT;
}

/** A thin line, visible in both themes (Backstage's own `border` is not, in the dark theme). */
export function hairline(theme: Theme): string {
  return `1px solid ${theme.palette.divider}`;
}
