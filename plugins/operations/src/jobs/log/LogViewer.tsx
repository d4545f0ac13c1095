import {
  useCallback,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'react';
import { useLocation, useNavigate } from 'react-router-dom';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useApi } from '@backstage/core-plugin-api';
import { operationsApiRef } from '@craft-easy/backstage-plugin-operations-react';
import { ErrorNotice } from '../../components/ErrorNotice';
import { copyText } from '../../components/copyText';
import { saveFile } from '../../components/saveFile';
import { Skeleton } from '../../components/Skeleton';
import { withoutColours } from './ansi';
import { LogRow } from './LogRow';
import { LogStore } from './LogStore';
import { LogToolbar, type LogView } from './LogToolbar';
import { LINE_HEIGHT, useLogStyles } from './styles';
import { useLogSearch } from './useLogSearch';
import { PlainButton } from '../../components/buttons';
import { jobMessages, type JobT } from '../messages';

const AT_THE_END = 24;

/**
 * The log of a run: opens at its end, loads what the user scrolls to, and follows the log while the
 * user is at its end. Only the visible lines are in the document, so the length of a log costs
 * nothing.
 */
export function LogViewer(props: { runId: string }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useLogStyles();
  const store = useLog(props.runId);
  const navigate = useNavigate();
  const location = useLocation();
  const scroller = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useState(true);
  const [hit, setHit] = useState(0);
  const [copied, setCopied] = useState<string>();
  const [view, setView] = useState<LogView>({
    needle: '',
    onlyErrors: false,
    wrap: false,
    times: false,
  });
  const needle = view.needle.trim();
  const search = useLogSearch(store, needle, view.onlyErrors);
  const target = Number(/^#L(\d+)$/.exec(location.hash)?.[1]) || undefined;

  const count =
    search.shown?.length ?? Math.max(0, store.total - store.floor + 1);
  const lineAt = (index: number) =>
    search.shown?.[index] ?? store.floor + index;
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
    getItemKey: lineAt,
  });
  const items = virtualizer.getVirtualItems();

  const scrollTo = useCallback(
    (n: number, align: 'center' | 'end' = 'center') => {
      const index = search.shown ? search.shown.indexOf(n) : n - store.floor;
      if (index >= 0) virtualizer.scrollToIndex(index, { align });
    },
    [search.shown, store, virtualizer],
  );

  // load what is in sight
  const firstSeen = items[0]?.index;
  const lastSeen = items[items.length - 1]?.index;
  useEffect(() => {
    if (search.shown || firstSeen === undefined || lastSeen === undefined)
      return;
    store.ensure(store.floor + firstSeen, store.floor + lastSeen);
  }, [search.shown, firstSeen, lastSeen, store, store.floor]);

  // stay at the end while following; a link to a line goes to that line instead
  useEffect(() => {
    if (follow && !target && count > 0)
      virtualizer.scrollToIndex(count - 1, { align: 'end' });
  }, [follow, target, count, virtualizer, view.wrap, view.onlyErrors]);
  const { loaded } = store;
  useEffect(() => {
    if (target && loaded) {
      setFollow(false);
      scrollTo(target);
    }
    // once per line linked to, not whenever the log grows
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [target, loaded]);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const left =
      element.scrollHeight - element.scrollTop - element.clientHeight;
    setFollow(left < AT_THE_END);
  };

  const step = (by: 1 | -1) => {
    if (search.hits.length === 0) return;
    const next = (hit + by + search.hits.length) % search.hits.length;
    setHit(next);
    setFollow(false);
    scrollTo(search.hits[next]);
  };

  const wholeText = async () => {
    try {
      await store.loadAll(new AbortController().signal);
      return store.known();
    } catch (error) {
      store.error = error as Error;
      setCopied(t('log.incomplete'));
      return undefined;
    }
  };
  const onCopy = async () => {
    const lines = await wholeText();
    if (!lines) return;
    const done = await copyText(
      lines.map(line => withoutColours(line.text)).join('\n'),
    );
    setCopied(
      done
        ? t('log.copied', { count: lines.length })
        : t('log.notCopied', { button: t('log.download') }),
    );
  };
  const onDownload = async () => {
    const lines = await wholeText();
    if (!lines) return;
    const text = lines
      .map(line => `${line.time} ${withoutColours(line.text)}`)
      .join('\n');
    saveFile(
      `${props.runId}.log`,
      new Blob([text], { type: 'text/plain;charset=utf-8' }),
    );
  };
  const linkTo = useCallback(
    (n?: number) =>
      navigate(
        { search: location.search, hash: n === undefined ? '' : `#L${n}` },
        { replace: true, state: location.state },
      ),
    [navigate, location.search, location.state],
  );

  if (!store.loaded) {
    return store.error ? (
      <ErrorNotice
        title={t('log.failure')}
        error={store.error}
        onRetry={() => store.retry()}
        retried
      />
    ) : (
      <div className={classes.root} aria-busy>
        <div className={classes.scroller} style={{ padding: 12 }}>
          {[70, 45, 80, 60, 35].map(width => (
            <div key={width}>
              <Skeleton width={`${width}%`} />
            </div>
          ))}
        </div>
      </div>
    );
  }
  if (store.noLog && store.total === 0) {
    return (
      <div className={classes.root}>
        <div className={classes.notice} role="status">
          {store.noLog}
        </div>
      </div>
    );
  }
  const digits = String(Math.max(1, store.total)).length;
  return (
    <div className={classes.root}>
      <LogToolbar
        view={view}
        onView={patch => {
          setView({ ...view, ...patch });
          if ('needle' in patch) setHit(0);
        }}
        hitText={hitText(t, search.hits.length, hit, search.loading)}
        onStep={step}
        onCopy={onCopy}
        onDownload={onDownload}
      />
      {store.floor > 1 && (
        <div className={classes.notice}>
          {store.source === 'tail'
            ? t('log.tail', { line: store.floor })
            : t('log.bounded', { line: store.floor })}
        </div>
      )}
      <div
        ref={scroller}
        className={classes.scroller}
        role="region"
        aria-label={t('log.linesLabel')}
        // it scrolls, so the keyboard must reach it
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onScroll={onScroll}
      >
        {count === 0 && (
          <div className={classes.notice}>
            {emptyText(t, store.ended, view.onlyErrors)}
          </div>
        )}
        <div
          style={{ height: virtualizer.getTotalSize(), position: 'relative' }}
        >
          {items.map(item => {
            const n = lineAt(item.index);
            return (
              <LogRow
                key={item.key}
                ref={view.wrap ? virtualizer.measureElement : undefined}
                index={item.index}
                n={n}
                line={store.line(n)}
                colours={store.coloursBefore(n)}
                digits={digits}
                times={view.times}
                wrap={view.wrap}
                needle={needle}
                isTarget={n === target || n === search.hits[hit]}
                onNumber={linkTo}
                style={{
                  transform: `translateY(${item.start}px)`,
                  width: view.wrap ? '100%' : undefined,
                }}
              />
            );
          })}
        </div>
      </div>
      <div className={classes.foot}>
        <span role="status">
          {footText(t, store, search.loading)}
          {copied && ` · ${copied}`}
        </span>
        {store.error && <span>{t('log.lost')}</span>}
        {!follow && !store.ended && (
          <PlainButton
            onClick={() => {
              if (target) linkTo();
              setFollow(true);
            }}
          >
            {t('log.follow')}
          </PlainButton>
        )}
      </div>
    </div>
  );
}

function hitText(
  t: JobT,
  count: number,
  index: number,
  loading: boolean,
): string {
  if (count === 0) return loading ? t('log.searching') : t('log.noMatch');
  const at = index + 1;
  return loading
    ? t('log.hitsSoFar', { at, n: count })
    : t('log.hits', { at, n: count });
}

function emptyText(t: JobT, ended: boolean, onlyErrors: boolean): string {
  if (onlyErrors) return t('log.empty.noErrors');
  return ended ? t('log.empty.ended') : t('log.empty.running');
}

function footText(
  t: JobT,
  store: { total: number; knownCount: number; ended: boolean },
  searching: boolean,
): string {
  const lines = t('log.lines', { count: store.total });
  if (searching) return t('log.searched', { known: store.knownCount, lines });
  return store.ended ? lines : t('log.following', { lines });
}

/** The log of a run, followed while the component is mounted. */
function useLog(runId: string): LogStore {
  const api = useApi(operationsApiRef);
  const store = useMemo(
    () =>
      new LogStore(query =>
        api.call('GET /runs/:id/log', { params: { id: runId }, query }),
      ),
    [api, runId],
  );
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const unsubscribe = store.subscribe(redraw);
    store.start();
    return () => {
      unsubscribe();
      store.stop();
    };
  }, [store]);
  return store;
}
