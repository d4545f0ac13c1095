import { useTranslationRef } from '@backstage/frontend-plugin-api';
import CheckCircle from '@material-ui/icons/CheckCircleOutlined';
import ErrorOutline from '@material-ui/icons/ErrorOutline';
import HelpOutline from '@material-ui/icons/HelpOutline';
import Lock from '@material-ui/icons/LockOutlined';
import Sync from '@material-ui/icons/Sync';
import Warning from '@material-ui/icons/ReportProblemOutlined';
import type { MigrationState } from '@craft-easy/backstage-plugin-operations-common/internal';
import { ToneChip } from '../components';
import { migrationMessages } from './messages';
import { TONES } from './words';

const ICONS: Partial<Record<MigrationState, typeof Lock>> = {
  settled: CheckCircle,
  settling: Sync,
  failed: ErrorOutline,
  diverged: ErrorOutline,
  missing: ErrorOutline,
  locked: Lock,
  silent: HelpOutline,
  unknown: HelpOutline,
};

/** The state of a component. */
export function StateChip({ state }: { state: MigrationState }) {
  const { t } = useTranslationRef(migrationMessages);
  return (
    <ToneChip
      tone={TONES[state]}
      word={t(`states.${state}`)}
      meaning={t(`meanings.${state}`)}
      icon={ICONS[state] ?? Warning}
    />
  );
}
