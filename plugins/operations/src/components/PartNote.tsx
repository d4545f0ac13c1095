import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Permission } from '@backstage/plugin-permission-common';
import { useSeesPart } from '../access/useMay';
import { commonMessages } from './messages';
import { muted, styles } from './styles';

const useStyles = styles('PartNote', theme => ({
  root: { ...muted(theme), fontWeight: 400 },
}));

/**
 * Says beside a sentence that it is only of what the user may see, where there may be more.
 *
 * @param props - `reads`: what one has to be allowed to read to be shown all
 */
export function PartNote(props: { reads: readonly Permission[] }) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  return useSeesPart(props.reads) ? (
    <span className={classes.root}> {t('partOnly')}</span>
  ) : null;
}
