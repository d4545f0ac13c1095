import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { Section } from '../components/Stack';
import { SideDrawer } from '../components/SideDrawer';
import { AuditDetails } from './AuditDetails';
import { AuditOutcomeChip } from './AuditOutcomeChip';
import { AuditSentence } from './AuditSentence';
import { auditMessages } from './messages';

/** An entry of the audit trail, opened beside the list it was found in. */
export function AuditDrawer(props: {
  entries: AuditEntry[] | undefined;
  /** the id of the entry that is open */
  open: string | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslationRef(auditMessages);
  const entry = props.entries?.find(({ id }) => id === props.open);
  return (
    <SideDrawer
      label={t('details.title')}
      open={entry !== undefined}
      onClose={props.onClose}
    >
      {entry && (
        <Section
          title={t('details.title')}
          aside={<AuditOutcomeChip outcome={entry.outcome} />}
        >
          <p>
            <AuditSentence entry={entry} />
          </p>
          <AuditDetails entry={entry} />
        </Section>
      )}
    </SideDrawer>
  );
}
