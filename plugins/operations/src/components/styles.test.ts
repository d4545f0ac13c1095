import {
  createTheme,
  decomposeColor,
  getContrastRatio,
} from '@material-ui/core/styles';
import { quietText } from './styles';

/** An opaque colour: what is seen of a translucent one on a ground. */
function seenOn(ground: string, colour: string): string {
  const [r, g, b, alpha = 1] = decomposeColor(colour).values;
  const below = decomposeColor(ground).values;
  const mixed = [r, g, b].map((value, i) =>
    Math.round(value * alpha + below[i] * (1 - alpha)),
  );
  return `rgb(${mixed.join(', ')})`;
}

describe('text that matters less', () => {
  it.each([
    ['light', ['#ffffff', '#f8f8f8', '#f0f0f0']],
    ['dark', ['#424242', '#333333', '#181818']],
  ] as const)(
    '[truth.22] can be read on cards and on the ground of a page in the %s theme',
    (type, grounds) => {
      const colour = quietText(createTheme({ palette: { type } }));
      const ratios = grounds.map(ground =>
        getContrastRatio(seenOn(ground, colour), ground),
      );
      expect(ratios.filter(ratio => ratio < 4.5)).toEqual([]);
    },
  );
});
