import Chip from '@material-ui/core/Chip';

/** A filter that was set by clicking something elsewhere on the page, with the way out of it. */
export function FilterChip(props: { text: string; onRemove: () => void }) {
  return (
    <Chip
      size="small"
      color="primary"
      variant="outlined"
      label={props.text}
      onDelete={props.onRemove}
      onClick={props.onRemove}
      aria-label={`Remove filter: ${props.text}`}
    />
  );
}
