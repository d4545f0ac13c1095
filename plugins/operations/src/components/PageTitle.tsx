import { createContext, useContext, useEffect } from 'react';
import { Helmet } from 'react-helmet';
import {
  configApiRef,
  useApi,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { commonMessages } from './messages';
import { statusLook } from './statuses';
import type { Tone } from './tones';

/** A state in one sign, for where there is no room: the title of a browser's tab. */
const SIGNS: Partial<Record<Tone, string>> = {
  good: '✔',
  bad: '✖',
  warn: '⚠',
  busy: '▶',
  odd: '⚠',
};

/** How often it is looked whether the title is still there. */
const LOOK_EVERY_MS = 1_000;

/** How many items are urgent, where that is known. */
export const UrgentCount = createContext<number | undefined>(undefined);

/**
 * The title in the browser's tab, in its history and bookmarks: how many items are urgent, the
 * state and name of what is open, and where, "(2) ✖ daily-mrr-rollup · Jobs | My portal". What is
 * rendered last is the title.
 */
export function PageTitle(props: {
  subject: string;
  /** of the subject */
  status?: string;
  /** what it belongs to: the name of its page */
  of: string;
}) {
  const { t } = useTranslationRef(commonMessages);
  const portal = useApi(configApiRef).getOptionalString('app.title');
  const count = useContext(UrgentCount);
  const parts = [
    count ? `(${count})` : '',
    (props.status && SIGNS[statusLook(props.status).tone]) ?? '',
    t('documentTitle', { subject: props.subject, of: props.of }),
    '|',
    portal ?? 'Backstage',
  ];
  useEffect(() => {
    const timer = setInterval(keepTitle, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return <Helmet titleTemplate="%s" title={parts.filter(Boolean).join(' ')} />;
}

/**
 * Writes the title again where it was lost: Backstage's count of unread notifications writes titles
 * too, and where one changes while it does, it puts the older one back.
 */
function keepTitle() {
  const wanted = Helmet.peek().title;
  if (withoutCount(document.title) !== withoutCount(wanted)) {
    document.title = wanted;
  }
}

/** Whose count stands before the title, ours or that of notifications, is no matter. */
function withoutCount(title: string): string {
  return title.replace(/^\(\d+\) /, '');
}
