import Typography from '@material-ui/core/Typography';
import type { WebhookFailureDetail } from '@craft-easy/backstage-plugin-operations-common';
import { Json } from '../../components/Json';

/** The payload as far as it left the platform: indented where it is JSON, always as text, with what was taken out named. */
export function Payload(props: { payload: WebhookFailureDetail['payload'] }) {
  const { payload } = props;
  return (
    <>
      <Typography variant="body2" color="textSecondary" gutterBottom>
        {payload.contentType}, {payload.size.toLocaleString()} bytes
        {payload.truncated && ', cut: only its beginning left the platform'}
        {payload.redacted.length > 0 &&
          `; redacted: ${payload.redacted.join(', ')}`}
      </Typography>
      {payload.text === undefined ? (
        <Typography variant="body2">
          Not shown{payload.withheld && `: ${payload.withheld}`}
        </Typography>
      ) : (
        <Json value={readable(payload.text)} label="Payload text" />
      )}
    </>
  );
}

function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // cut, or no JSON: shown as it is
  }
}
