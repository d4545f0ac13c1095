import { screen } from '@testing-library/react';
import { renderInTestApp, TestApiProvider } from '@backstage/test-utils';
import {
  entityPresentationApiRef,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { Person } from './Person';

const NAMES: Record<string, string> = {
  'user:default/oskar.operator': 'Oskar Operator',
};

/** A portal whose catalog knows some people by name. */
async function render(of: string) {
  const snapshotOf = (entityRef: string) => ({
    entityRef,
    primaryTitle: NAMES[entityRef] ?? entityRef,
    secondaryTitle: entityRef,
  });
  const names = {
    forEntity: (entity: unknown) => ({
      snapshot: snapshotOf(String(entity)),
      promise: Promise.resolve(snapshotOf(String(entity))),
    }),
  };
  await renderInTestApp(
    <TestApiProvider apis={[[entityPresentationApiRef, names]]}>
      <Person of={of} />
    </TestApiProvider>,
    {
      mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
    },
  );
}

describe('a person', () => {
  it('[truth.8] is shown by name, with a link to the entity', async () => {
    await render('user:default/oskar.operator');
    expect(
      screen.getByRole('link', { name: 'Oskar Operator' }),
    ).toHaveAttribute('href', '/catalog/default/user/oskar.operator');
  });

  it('[truth.8] that is a service is shown by its subject', async () => {
    await render('service:plugin:importer');
    expect(screen.getByText('plugin:importer')).toHaveAttribute(
      'title',
      'service:plugin:importer',
    );
  });
});
