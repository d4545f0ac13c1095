import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Typography from '@material-ui/core/Typography';
import { firstMessages } from './first/messages';
import { Button } from './buttons';

/** Stands in the place of a part whose code could not be loaded. */
export function NotLoaded(props: { onRetry: () => void }) {
  const { t } = useTranslationRef(firstMessages);
  return (
    <div role="alert" style={{ padding: 16 }}>
      <Typography variant="subtitle2" component="p">
        {t('notLoaded.title')}
      </Typography>
      <Typography variant="body2" gutterBottom>
        {t('notLoaded.text')}
      </Typography>
      <Button onClick={props.onRetry}>{t('notLoaded.retry')}</Button>{' '}
      <Button rank="tertiary" onClick={() => window.location.reload()}>
        {t('notLoaded.reload')}
      </Button>
    </div>
  );
}
