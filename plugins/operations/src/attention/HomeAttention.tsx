import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import { Loaded, Skeleton } from '../components';
import { PartNote } from '../components/PartNote';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { AttentionList } from './AttentionList';
import { answer, groupOf } from './groups';
import { ATTENTION_READS, useAttention } from './useAttention';
import { attentionMessages } from './messages';

/** more lines do not fit a glance */
const LINES = 5;

/** Attention on the portal's home page, in at most five lines. */
export function HomeAttention() {
  const { t } = useTranslationRef(attentionMessages);
  const attention = useAttention();
  const { root } = useLinks();
  return (
    <Loaded
      of={attention}
      failure={t('failure')}
      skeleton={<Skeleton width="100%" />}
    >
      {data => {
        const open = data.items.filter(item => groupOf(item) !== 'known');
        return (
          <>
            <Typography variant="subtitle1" component="p" aria-live="polite">
              {answer(t, data)}
              <PartNote reads={ATTENTION_READS} />
            </Typography>
            <AttentionList
              items={open.slice(0, LINES)}
              label={t('label')}
              brief
            />
            <Typography variant="body2">
              <Link to={root}>
                {open.length > LINES
                  ? t('home.more', { n: open.length - LINES })
                  : t('home.open')}
              </Link>
            </Typography>
          </>
        );
      }}
    </Loaded>
  );
}
