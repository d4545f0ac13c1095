import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { roundedNumbers } from '@craft-easy/backstage-plugin-operations-common/internal';
import Typography from '@material-ui/core/Typography';
import { commonMessages } from './messages';

/** Says that the last digits of numbers are not known which JavaScript does not keep. */
export function RoundedNote({ value }: { value: unknown }) {
  const { t } = useTranslationRef(commonMessages);
  if (roundedNumbers(value).length === 0) return null;
  return (
    <Typography variant="caption" color="textSecondary">
      {t('rounded')}
    </Typography>
  );
}
