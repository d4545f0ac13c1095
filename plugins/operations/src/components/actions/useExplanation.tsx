import { useState, type ReactNode } from 'react';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common/internal';
import { AnchoredPopover } from '../AnchoredPopover';
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
  const { popover } = useStyles();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const reason = capability?.reason ?? 'Not known yet whether you may do this.';
  return {
    tooltip: anchor ? '' : reason,
    open: setAnchor,
    popover: (
      <AnchoredPopover
        anchor={anchor}
        onClose={() => setAnchor(null)}
        label={`Why ${label ?? 'this'} is off`}
        className={popover}
      >
        <Explanation capability={{ allowed: false, ...capability, reason }} />
      </AnchoredPopover>
    ),
  };
}
