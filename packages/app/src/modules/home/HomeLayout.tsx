import { Content, Header, Page } from '@backstage/core-components';
import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import type {
  HomePageLayoutProps,
  HomePageWidgetData,
} from '@backstage/plugin-home-react/alpha';
import Grid from '@material-ui/core/Grid';
import { makeStyles } from '@material-ui/core/styles';
import { useEffect, useState } from 'react';

/** Stands above everything else. */
const SEARCH = 'HomePageSearchBar';

/** The widgets of the home plugin to show, in their order. */
const ASIDE = ['QuickLinks', 'HomePageStarredEntities'];

const useStyles = makeStyles(theme => ({
  search: { maxWidth: 720, marginBottom: theme.spacing(3) },
  widget: { '&:not(:last-child)': { marginBottom: theme.spacing(3) } },
}));

function pluginOf(widget: HomePageWidgetData) {
  return widget.node.spec.plugin.pluginId;
}

/**
 * The attention panel comes first and has the full width, then the widgets of other plugins. The
 * widgets of the home plugin have a column beside those.
 */
export const HomeLayout = ({ widgets }: HomePageLayoutProps) => {
  const classes = useStyles();
  const firstName = useFirstName();
  const named = (...names: string[]) =>
    names.flatMap(wanted => widgets.filter(({ name }) => name === wanted));
  const search = named(SEARCH);
  const aside = named(...ASIDE);
  const others = widgets.filter(
    widget => pluginOf(widget) !== 'home' && !search.includes(widget),
  );
  const main = [
    ...others.filter(widget => pluginOf(widget) === 'operations'),
    ...others.filter(widget => pluginOf(widget) !== 'operations'),
  ];

  return (
    <Page themeId="home">
      <Header
        title={firstName ? `Welcome, ${firstName}` : 'Welcome'}
        subtitle="The operator's portal of the Craft Easy platform"
        pageTitleOverride="Home"
      />
      <Content>
        {search.map(widget => (
          <div key={widget.name} className={classes.search}>
            {widget.component}
          </div>
        ))}
        <Grid container spacing={3}>
          {main.length > 0 && (
            <Grid item xs={12} md={8}>
              {main.map((widget, index) => (
                <div key={index} className={classes.widget}>
                  {widget.component}
                </div>
              ))}
            </Grid>
          )}
          <Grid item xs={12} md={main.length > 0 ? 4 : 6}>
            {aside.map(widget => (
              <div key={widget.name} className={classes.widget}>
                {widget.component}
              </div>
            ))}
          </Grid>
        </Grid>
      </Content>
    </Page>
  );
};

function useFirstName() {
  const identityApi = useApi(identityApiRef);
  const [name, setName] = useState<string>();
  useEffect(() => {
    let current = true;
    identityApi.getProfileInfo().then(({ displayName }) => {
      if (current) setName(displayName?.split(' ')[0]);
    });
    return () => {
      current = false;
    };
  }, [identityApi]);
  return name;
}
