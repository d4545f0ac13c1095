import type { ReactNode } from 'react';
import { Navigate, useLocation, useParams } from 'react-router-dom';
import { isAsLeft } from '../hooks/asLeft';
import type { Capability } from './capabilities';
import { CapabilityPage } from './CapabilityPage';
import { PageContent } from './PageContent';
import { presetQuery, type Preset } from './presets';

/** A capability within the page of the new frontend system. */
export function SubPage(props: {
  capability: Capability;
  /** filters that are on when the page is opened without any */
  preset?: Preset;
  children: ReactNode;
}) {
  const search = usePresetSearch(props.preset);
  if (search) return <Navigate replace to={{ search }} />;
  return (
    <PageContent>
      <CapabilityPage capability={props.capability}>
        {props.children}
      </CapabilityPage>
    </PageContent>
  );
}

/**
 * The filters that the address shall get: those that are set beforehand, where the page is opened
 * with nothing in its query string. Whoever turned them off has them off.
 */
function usePresetSearch(preset: Preset | undefined): string | undefined {
  const { '*': below } = useParams();
  const { search, state } = useLocation();
  const isPlain = below === '' && search === '' && !isAsLeft(state);
  return preset && isPlain ? presetQuery(preset) : undefined;
}
