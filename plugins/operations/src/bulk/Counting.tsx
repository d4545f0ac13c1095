import Dialog from '@material-ui/core/Dialog';
import DialogContent from '@material-ui/core/DialogContent';
import { ErrorNotice } from '../components/ErrorNotice';
import { Skeleton } from '../components/Skeleton';
import type { Live } from '@craft-easy/backstage-plugin-operations-react';

/** Stands where the dialog of a bulk action will be, while the exact number is counted. */
export function Counting(props: {
  of: Live<unknown>;
  /** what is being done, and what is said where it failed */
  words: { counting: string; failure: string };
  onClose: () => void;
}) {
  const { of, words } = props;
  return (
    <Dialog open onClose={props.onClose} aria-label={words.counting}>
      <DialogContent>
        {of.error ? (
          <ErrorNotice
            title={words.failure}
            error={of.error}
            onRetry={of.refresh}
            retried
          />
        ) : (
          <>
            {words.counting} <Skeleton width={80} />
          </>
        )}
      </DialogContent>
    </Dialog>
  );
}
