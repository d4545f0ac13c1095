import {
  UnifiedThemeProvider,
  createBaseThemeOptions,
  createUnifiedTheme,
  defaultComponentThemes,
  genPageTheme,
  type UnifiedThemeOptions,
  palettes,
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

/** Every page has the same quiet header: colour is for what needs the operator. */
const header = genPageTheme({ colors: [PINE, '#0f4f52'], shape: 'none' });
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

/** Buttons of every plugin are written as those of Operations are. */
const components = {
  MuiButton: {
    styleOverrides: {
      ...defaultComponentThemes?.MuiButton?.styleOverrides,
      root: { textTransform: 'none' },
    },
  },
} satisfies UnifiedThemeOptions['components'];

const light = createUnifiedTheme({
  ...createBaseThemeOptions({
    palette: {
      ...palettes.light,
      primary: { main: TEAL },
      navigation,
    },
  }),
  components,
  defaultPageTheme: 'home',
  pageTheme,
});

const dark = createUnifiedTheme({
  ...createBaseThemeOptions({
    palette: {
      ...palettes.dark,
      primary: { main: MINT, dark: '#3aa898' },
      background: { default: '#161d20', paper: '#1f282c' },
      navigation: { ...navigation, background: '#0b2228' },
    },
  }),
  components,
  defaultPageTheme: 'home',
  pageTheme,
});

/** Overrides the theme of the same name that every app has. */
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
