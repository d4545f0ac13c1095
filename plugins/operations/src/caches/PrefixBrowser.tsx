import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { CachePrefixes } from '@craft-easy/backstage-plugin-operations-common/internal';
import { Loaded } from '../components/Loaded';
import { numberText } from '../components/format';
import { monospace, styles } from '../components/styles';
import { Button, PlainButton } from '../components/buttons';
import { Muted } from '../components/text';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { cacheMessages, type CacheT } from './messages';

const useStyles = styles('PrefixBrowser', theme => ({
  path: { display: 'flex', flexWrap: 'wrap', alignItems: 'center' },
  list: {
    listStyle: 'none',
    margin: theme.spacing(0.5, 0),
    padding: 0,
    columns: '260px',
    '& li': { breakInside: 'avoid' },
    '& button': { ...monospace, textAlign: 'left', padding: '2px 6px' },
  },
}));

/** Matches one part of a key, whatever it is. */
const ANY = '*:';

/**
 * The keys of a cache part by part, from a sample: choosing a part puts the pattern of all keys
 * below it into the form, or, where single keys are chosen, leads to them.
 */
export function PrefixBrowser(props: {
  target: string;
  /** where to begin: "cache:" */
  begin: string;
  /** single keys are chosen, not patterns */
  single?: boolean;
  onPick: (patternOrKey: string) => void;
}) {
  const { t } = useTranslationRef(cacheMessages);
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button aria-expanded={open} onClick={() => setOpen(!open)}>
        {t('browse.open')}
      </Button>
      {open && <Browser {...props} />}
    </div>
  );
}

function Browser(props: Parameters<typeof PrefixBrowser>[0]) {
  const classes = useStyles();
  const { t } = useTranslationRef(cacheMessages);
  const [path, setPath] = useState<string[]>(() => partsOf(props.begin));
  const under = path.join('');
  const prefixes = useLive(
    'GET /caches/:target/prefixes',
    { params: { target: props.target }, query: { under: under || undefined } },
    { everyMs: 0 },
  );
  const goTo = (next: string[]) => {
    setPath(next);
    if (!props.single) props.onPick(`${next.join('')}*`);
  };
  return (
    <section aria-label={t('browse.title')}>
      <div className={classes.path}>
        <PlainButton onClick={() => goTo([])}>{t('browse.all')}</PlainButton>
        {path.map((part, i) => (
          <PlainButton key={i} onClick={() => goTo(path.slice(0, i + 1))}>
            {part}
          </PlainButton>
        ))}
      </div>
      <Loaded of={prefixes} failure={t('browse.failure')}>
        {data => (
          <>
            <Muted small>{sampleText(t, data)}</Muted>
            <ul className={classes.list}>
              {!props.single &&
                data.parts.filter(part => part.below).length > 1 && (
                  <li>
                    <PlainButton
                      disabled={prefixes.switching}
                      onClick={() => goTo([...path, ANY])}
                    >
                      {t('browse.any')}
                    </PlainButton>
                  </li>
                )}
              {data.parts.map(({ part, pattern, below, keys, refused }) => (
                <li key={pattern}>
                  {/* those of the previous part, until the next ones arrive, go nowhere */}
                  <PlainButton
                    disabled={prefixes.switching}
                    onClick={() =>
                      // of what is protected the portal names no more
                      below && !refused
                        ? goTo([...path, pattern.slice(under.length, -1)])
                        : props.onPick(props.single ? keyOf(pattern) : pattern)
                    }
                  >
                    {below ? `${part}:` : part}
                  </PlainButton>{' '}
                  <Muted small>
                    {countText(t, keys, data.exact)}
                    {refused && ` ${t('browse.protected')}`}
                  </Muted>
                </li>
              ))}
            </ul>
            {data.more > 0 && (
              <Muted small>{t('browse.more', { count: data.more })}</Muted>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

/** The key that a pattern of one key stands for. */
function keyOf(pattern: string): string {
  return pattern.replace(/\\(.)/g, '$1');
}

/** "cache:tenant:" as its parts, each with its colon. */
function partsOf(prefix: string): string[] {
  return prefix
    .split(':')
    .slice(0, -1)
    .map(part => `${part}:`);
}

function countText(t: CacheT, keys: number, exact: boolean): string {
  return exact ? numberText(keys) : t('browse.about', { n: keys });
}

function sampleText(t: CacheT, data: CachePrefixes): string {
  if (data.parts.length === 0) return t('browse.empty');
  return data.exact
    ? t('browse.counted', { count: data.scanned })
    : t('browse.sample', { n: data.scanned, total: data.totalKeys });
}
