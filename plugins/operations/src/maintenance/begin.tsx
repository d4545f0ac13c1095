import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { MaintenanceMode } from '@craft-easy/backstage-plugin-operations-common/internal';
import { styles, tinted } from '../components/styles';
import { absoluteTime } from '../components/time';
import { maintenanceMessages, type MaintenanceT } from './messages';

/**
 * What a window will do, a sentence each: the same for whoever asks for it and for the second
 * person.
 *
 * @param startsAt - where it is planned
 */
export function beginFacts(
  t: MaintenanceT,
  of: { scope: string; mode: MaintenanceMode; startsAt?: string | number },
): ReactNode[] {
  const { scope, mode, startsAt } = of;
  return [
    t(`dialog.effects.${mode}`, { scope }),
    startsAt === undefined
      ? t('dialog.begin.effect')
      : t('dialog.plan.effect', { time: absoluteTime(startsAt) }),
    t('dialog.portal'),
  ];
}

const useStyles = styles('BannerPreview', theme => ({
  banner: {
    padding: theme.spacing(1, 1.5),
    borderRadius: theme.shape.borderRadius,
    fontSize: '0.875rem',
    ...tinted(theme, 'warn'),
  },
  offline: tinted(theme, 'bad'),
}));

/** The banner as users of the platform will see it. */
export function BannerPreview(props: {
  mode: MaintenanceMode;
  message: string;
  endsAt: string | number | undefined;
}) {
  const { t } = useTranslationRef(maintenanceMessages);
  const classes = useStyles();
  const { mode, message, endsAt } = props;
  return (
    <div
      className={`${classes.banner} ${
        mode === 'offline' ? classes.offline : ''
      }`}
      role="note"
      aria-label={t('dialog.banner.label')}
    >
      <strong>{t(`dialog.banner.${mode}`)}</strong> {message}{' '}
      {endsAt !== undefined && (
        <>{t('dialog.banner.until', { time: absoluteTime(endsAt) })}</>
      )}
    </div>
  );
}
