import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { CachePurge } from '@craft-easy/backstage-plugin-operations-common';
import { ListPage, Section, SideDrawer } from '../components';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { optionalParam, useUrlState } from '../hooks/useUrlState';
import { cacheMessages } from './messages';
import { PurgeForm } from './PurgeForm';
import { PurgeHistory } from './PurgeHistory';
import { PurgeProgress } from './PurgeProgress';
import { TargetsTable } from './TargetsTable';
import { cachesAnswer, withLatest } from './words';

const PARAMS = {
  target: optionalParam,
  pattern: optionalParam,
  purge: optionalParam,
};

/** The page of caches: which there are, what can be purged, what is being purged, and what was. */
export function CachesPage() {
  const { t } = useTranslationRef(cacheMessages);
  const [url, setUrl] = useUrlState(PARAMS);
  // too many for a URL: kept while the page is open
  const [keys, setKeys] = useState<string[]>();
  // a new choice begins with an empty form
  const [round, setRound] = useState(0);
  const caches = useLive(
    'GET /caches',
    {},
    { everyMs: 5_000, topics: ['caches'] },
  );
  // the purge that is open is asked for more often: all of the page says of it what that says
  const [latest, setLatest] = useState<CachePurge>();
  const targets = caches.data && withLatest(caches.data.items, latest);
  const chosen = targets?.find(target => target.name === url.target);
  const open = (target: string, pattern?: string, exact?: string[]) => {
    setKeys(exact);
    setRound(n => n + 1);
    setUrl({ target, pattern, purge: undefined });
  };

  return (
    <ListPage
      title={t('title')}
      live={caches}
      answer={({ items }) => cachesAnswer(t, withLatest(items, latest))}
    >
      <TargetsTable
        caches={caches}
        targets={targets}
        chosen={url.target}
        onPurge={target => open(target.name)}
        onOpen={purge => setUrl({ purge, target: undefined })}
      />
      <SideDrawer
        label={t('progress.label')}
        open={url.purge !== undefined}
        onClose={() => setUrl({ purge: undefined })}
      >
        {url.purge && <PurgeProgress id={url.purge} onSeen={setLatest} />}
      </SideDrawer>
      <SideDrawer
        label={t('form.label')}
        open={chosen !== undefined && url.purge === undefined}
        onClose={() => setUrl({ target: undefined, pattern: undefined })}
      >
        {chosen && (
          <Section
            title={t('form.title', { cache: chosen.title })}
            aside={t('form.aside')}
          >
            <PurgeForm
              key={`${chosen.name}/${round}`}
              target={chosen}
              initialPattern={url.pattern}
              initialKeys={keys}
              onStarted={purge => {
                setKeys(undefined);
                setUrl({ purge, target: undefined, pattern: undefined });
              }}
            />
          </Section>
        )}
      </SideDrawer>
      <PurgeHistory
        latest={latest}
        openId={url.purge}
        onOpen={purge => setUrl({ purge, target: undefined })}
        onAgain={(purge, exact) => open(purge.target, purge.pattern, exact)}
      />
    </ListPage>
  );
}
