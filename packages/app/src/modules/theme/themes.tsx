import {
  UnifiedThemeProvider,
  createBaseThemeOptions,
  createUnifiedTheme,
  genPageTheme,
  palettes,
  shapes,
} from '@backstage/theme';
import { ThemeBlueprint } from '@backstage/plugin-app-react';
import DarkIcon from '@material-ui/icons/Brightness2';
import LightIcon from '@material-ui/icons/WbSunny';

const PINE = '#12343b';
const TEAL = '#0b6e66';
const MINT = '#5ad1c0';

const navigation = {
  background: PINE,
  indicator: MINT,
  color: '#b9cbcd',
  selectedColor: '#ffffff',
  navItem: { hoverBackground: '#1d4750' },
  submenu: { background: '#1d4750' },
};

const header = genPageTheme({ colors: [PINE, TEAL], shape: shapes.wave });
const pageTheme = Object.fromEntries(
  [
    'home',
    'documentation',
    'tool',
    'service',
    'website',
    'library',
    'other',
    'app',
    'apis',
    'card',
  ].map(name => [name, header]),
);

/** Overrides the theme of that name which every app has. */
export const lightTheme = ThemeBlueprint.make({
  name: 'light',
  params: {
    theme: {
      id: 'light',
      title: 'Light',
      variant: 'light',
      icon: <LightIcon />,
      Provider: ({ children }) => (
        <UnifiedThemeProvider theme={light} children={children} />
      ),
    },
  },
});

export const darkTheme = ThemeBlueprint.make({
  name: 'dark',
  params: {
    theme: {
      id: 'dark',
      title: 'Dark',
      variant: 'dark',
      icon: <DarkIcon />,
      Provider: ({ children }) => (
        <UnifiedThemeProvider theme={dark} children={children} />
      ),
    },
  },
});

const light = createUnifiedTheme({
  ...createBaseThemeOptions({
    palette: {
      ...palettes.light,
      primary: { main: TEAL },
      navigation,
    },
  }),
  defaultPageTheme: 'home',
  pageTheme,
});

const dark = createUnifiedTheme({
  ...createBaseThemeOptions({
    palette: {
      ...palettes.dark,
      primary: { main: MINT, dark: '#3aa898' },
      navigation: { ...navigation, background: '#0b2228' },
    },
  }),
  defaultPageTheme: 'home',
  pageTheme,
});
