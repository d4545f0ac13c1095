import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Badge from '@material-ui/core/Badge';
import { tones } from '../components/tones';
import { styles, visuallyHidden } from '../components/styles';
import { useAttentionCount } from './useAttentionCount';
import { firstMessages } from '../components/first/messages';

const useStyles = styles('AttentionBadge', theme => ({
  badge: {
    // readable on the navigation's dark ground, whatever the theme
    backgroundColor: tones(theme).bad.text,
    color: theme.palette.getContrastText(tones(theme).bad.text),
    fontVariantNumeric: 'tabular-nums',
  },
}));

/** a larger number has no room */
const MOST = 99;

/**
 * Puts the count of urgent items on an icon, such as the one of the navigation entry. Adds nothing
 * where there is none, or where the user may not know.
 * @public
 */
export function AttentionBadge(props: { children: ReactNode }) {
  const { t } = useTranslationRef(firstMessages);
  const classes = useStyles();
  const count = useAttentionCount();
  if (!count) return <>{props.children}</>;
  return (
    <Badge
      badgeContent={
        <>
          <span aria-hidden>
            {count > MOST ? t('badge.many', { most: MOST }) : count}
          </span>
          <span style={visuallyHidden}>{t('badge.count', { count })}</span>
        </>
      }
      overlap="rectangular"
      classes={{ badge: classes.badge }}
    >
      {props.children}
    </Badge>
  );
}
