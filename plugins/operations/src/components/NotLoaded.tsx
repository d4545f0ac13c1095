import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Button from '@material-ui/core/Button';
import Typography from '@material-ui/core/Typography';
import { commonMessages } from './messages';

/** Stands in the place of a part whose code could not be loaded. */
export function NotLoaded(props: { onRetry: () => void }) {
  const { t } = useTranslationRef(commonMessages);
  return (
    <div role="alert" style={{ padding: 16 }}>
      <Typography variant="subtitle2" component="p">
        {t('notLoaded.title')}
      </Typography>
      <Typography variant="body2" gutterBottom>
        {t('notLoaded.text')}
      </Typography>
      <Button size="small" variant="outlined" onClick={props.onRetry}>
        {t('error.retry')}
      </Button>{' '}
      <Button size="small" onClick={() => window.location.reload()}>
        {t('notLoaded.reload')}
      </Button>
    </div>
  );
}
