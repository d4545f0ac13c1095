import {
  HomePageLayoutBlueprint,
  HomePageWidgetBlueprint,
} from '@backstage/plugin-home-react/alpha';

export const homeLayout = HomePageLayoutBlueprint.make({
  params: {
    loader: () => import('./HomeLayout').then(m => m.HomeLayout),
  },
});

export const quickLinksWidget = HomePageWidgetBlueprint.make({
  name: 'quick-links',
  params: {
    name: 'QuickLinks',
    title: 'Quick links',
    description: 'Where operators go most',
    components: () =>
      import('./QuickLinks').then(m => ({ Content: m.QuickLinks })),
  },
});
