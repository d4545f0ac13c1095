import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useLocation } from 'react-router-dom';
import IconButton from '@material-ui/core/IconButton';
import CloseIcon from '@material-ui/icons/Close';
import { Link } from '@backstage/core-components';
import {
  maintenanceReadPermission,
  type MaintenanceWindow,
} from '@craft-easy/backstage-plugin-operations-common';
import { styles, tinted } from '../components/styles';
import { isInUse, useMay, useMyPermissions } from '../access/useMay';
import { clockTime, durationText, MINUTE } from '../components/time';
import { tones } from '../components/tones';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { useNow } from '../hooks/useNow';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { maintenanceMessages, type MaintenanceT } from './messages';
import { noticeLines } from './words';

const useStyles = styles('MaintenanceNotice', theme => ({
  root: {
    display: 'flex',
    alignItems: 'flex-start',
    gap: theme.spacing(1),
    padding: theme.spacing(1, 1.5),
    marginBottom: theme.spacing(2),
    borderRadius: theme.shape.borderRadius,
    // the notice may be outside of everything that sets the page's font
    fontFamily: theme.typography.fontFamily,
    fontSize: '0.875rem',
    lineHeight: 1.43,
    ...tinted(theme, 'warn'),
    borderLeft: `4px solid ${tones(theme).warn.solid}`,
    '& p': { margin: 0 },
    '& a': { color: 'inherit', textDecoration: 'underline' },
  },
  offline: { ...tinted(theme, 'bad'), borderLeftColor: tones(theme).bad.solid },
  fixed: {
    position: 'fixed',
    right: theme.spacing(2),
    bottom: theme.spacing(2),
    left: 'auto',
    maxWidth: `min(480px, calc(100vw - ${theme.spacing(4)}px))`,
    marginBottom: 0,
    // above the portal's bars, below dialogs: it would lie on their buttons
    zIndex: theme.zIndex.modal - 1,
    boxShadow: theme.shadows[4],
  },
  lines: { flex: 1 },
  close: { color: 'inherit', padding: 2 },
}));

/** the page of maintenance lists the rest */
const MOST = 3;

/**
 * Shows operators the maintenance that is in force or near. Renders nothing while there is none,
 * where there never was any, and for users who may not see maintenance.
 *
 * @param props - `fixed`: in a corner above the page, for portals that show it everywhere; it can
 * be closed, and does not show on the pages of Operations
 * @public
 */
export function MaintenanceNotice(props: { fixed?: boolean }) {
  const { mine } = useMyPermissions();
  const may = useMay(maintenanceReadPermission);
  return mine && may?.allowed && isInUse('maintenance', mine) ? (
    <PlacedNotice fixed={props.fixed} />
  ) : null;
}

/**
 * Resolves addresses only here: the sign-in page, which may render the notice too, has no routes
 * yet.
 */
function PlacedNotice({ fixed }: { fixed?: boolean }) {
  const { pathname } = useLocation();
  const links = useLinks();
  const isWithin = (page: string) => `${pathname}/`.startsWith(`${page}/`);
  if (fixed && isWithin(links.root)) return null;
  // the page of maintenance shows more
  if (isWithin(links.pageHref('maintenance'))) return null;
  return <Notice fixed={fixed} />;
}

function Notice(props: { fixed?: boolean }) {
  const classes = useStyles();
  const links = useLinks();
  const { t } = useTranslationRef(maintenanceMessages);
  const now = useNow(1_000);
  const [closed, setClosed] = useState('');
  const { data } = useLive(
    'GET /maintenance',
    { query: { state: ['active', 'scheduled'], limit: 50 } },
    { topics: ['maintenance'] },
  );
  const lines = noticeLines(t, data?.items ?? [], now);
  const shown = lines.map(line => `${line.window.id} ${line.active}`).join();
  if (lines.length === 0 || closed === shown) return null;
  const offline = lines.some(l => l.active && l.window.mode === 'offline');
  return (
    <div
      role="status"
      aria-label={t('notice.label')}
      className={[
        classes.root,
        offline ? classes.offline : '',
        props.fixed ? classes.fixed : '',
      ].join(' ')}
    >
      <div className={classes.lines}>
        {lines.slice(0, MOST).map(line => (
          <p key={line.window.id}>
            <strong>{line.text}</strong>{' '}
            {when(t, line.window, line.active, now)}
          </p>
        ))}
        <p>
          {lines.length > MOST && (
            <>{t('notice.more', { count: lines.length - MOST })} </>
          )}
          <Link to={links.pageHref('maintenance')}>{t('notice.link')}</Link>
        </p>
      </div>
      {props.fixed && (
        <IconButton
          size="small"
          className={classes.close}
          aria-label={t('notice.close')}
          onClick={() => setClosed(shown)}
        >
          <CloseIcon fontSize="small" />
        </IconButton>
      )}
    </div>
  );
}

function when(
  t: MaintenanceT,
  window: MaintenanceWindow,
  active: boolean,
  now: number,
): string {
  const at = Date.parse(active ? window.endsAt : window.startsAt);
  // in minutes: a screen reader would read out a status that changes every second
  const left = durationText(
    Math.max(1, Math.ceil((at - now) / MINUTE)) * MINUTE,
  );
  const time = clockTime(at, now);
  return active
    ? t('notice.until', { time, left })
    : t('notice.from', { time, left });
}
