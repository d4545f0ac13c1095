import Tooltip, { type TooltipProps } from '@material-ui/core/Tooltip';

const REST_MS = 500;

/**
 * What more there is to say of a text, for whom rests on it. It lies over the row below: whoever
 * only passes over a table is not shown it.
 */
export function LateTooltip(props: TooltipProps) {
  return <Tooltip enterDelay={REST_MS} enterNextDelay={REST_MS} {...props} />;
}
