import { useState, type ReactNode } from 'react';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common/internal';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { AnchoredPopover } from '../AnchoredPopover';
import { commonMessages } from '../messages';
import { useReasonText } from '../reasons/words';
import { styles } from '../styles';
import { Explanation } from './Explanation';

const useStyles = styles('Explanation', theme => ({
  popover: { padding: theme.spacing(2), maxWidth: 360 },
}));

/**
 * The explanation of a disabled control: a sentence for its tooltip, and all of it when the control
 * is pressed (touch screens have no hover).
 */
export function useExplanation(
  capability: Capability | undefined,
  label: string | undefined,
): {
  tooltip: string;
  open: (anchor: HTMLElement) => void;
  popover: ReactNode;
} {
  const { t } = useTranslationRef(commonMessages);
  const { popover } = useStyles();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const reasonText = useReasonText();
  const reason = (capability && reasonText(capability)) ?? t('actions.unknown');
  return {
    tooltip: anchor ? '' : reason,
    open: setAnchor,
    popover: (
      <AnchoredPopover
        anchor={anchor}
        onClose={() => setAnchor(null)}
        label={
          label ? t('actions.off', { action: label }) : t('actions.offUnnamed')
        }
        className={popover}
      >
        <Explanation
          capability={{
            allowed: false,
            ...capability,
            reason: capability?.reason ?? reason,
          }}
        />
      </AnchoredPopover>
    ),
  };
}
