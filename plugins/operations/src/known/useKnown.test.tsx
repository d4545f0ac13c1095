import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { at, pagePortal } from '../__testUtils__/pagePortal';
import { renderPage } from '../__testUtils__/renderPage';
import { useKnown } from './useKnown';

const server = pagePortal();

function Names(props: { typed: string | undefined }) {
  const tenant = useKnown('tenant', props.typed);
  const owner = useKnown('owner', '');
  return <p>{[...tenant.options, ...owner.options].join()}</p>;
}

describe('what is known of a name', () => {
  it('is not asked where there is none, and offered of a blank one', async () => {
    const asked: unknown[] = [];
    server.use(
      http.get(at('/known/:kind'), ({ params }) => {
        asked.push(params.kind);
        const items = [{ name: `some-${params.kind}` }];
        return HttpResponse.json({ items, away: [] });
      }),
    );
    await renderPage(<Names typed={undefined} />, '/operations/jobs');
    await waitFor(() => expect(screen.getByText('some-owner')).toBeVisible());
    expect(asked).toEqual(['owner']);
  });
});
