import { Redis } from 'ioredis';
import {
  WEBHOOK_REPLAY_FIELD,
  WebhookReplayCommandInput,
  WebhookReport,
  webhookReportSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';

/** The portal's side of the protocol, as small as it can be: reads reports, sends commands. */
export function startPortal(url: string, namespace: string) {
  const redis = new Redis(url);
  const reader = new Redis(url);
  const keys = protocolKeys(namespace);
  const reports: WebhookReport[] = [];
  let last = '0';

  async function readMore(): Promise<void> {
    const answer = (await reader.xread(
      'COUNT',
      5_000,
      'BLOCK',
      30_000,
      'STREAMS',
      keys.webhookFailures,
      last,
    )) as Array<[string, Array<[string, string[]]>]> | null;
    for (const [id, fields] of answer?.[0]?.[1] ?? []) {
      last = id;
      reports.push(webhookReportSchema.parse(JSON.parse(fields[1])));
    }
  }

  return {
    redis,
    keys,
    reports,
    ofKind: <K extends WebhookReport['kind']>(kind: K) =>
      reports.filter(
        (report): report is Extract<WebhookReport, { kind: K }> =>
          report.kind === kind,
      ),
    /** Reads reports until the condition holds. */
    async until(condition: () => boolean): Promise<void> {
      while (!condition()) await readMore();
    },
    command: (command: Omit<WebhookReplayCommandInput, 'v' | 'requestedAt'>) =>
      redis.xadd(
        keys.webhookReplays,
        '*',
        WEBHOOK_REPLAY_FIELD,
        JSON.stringify({
          v: 1,
          requestedAt: new Date().toISOString(),
          ...command,
        } satisfies WebhookReplayCommandInput),
      ),
    /** Adds anything to the stream of commands. */
    put: (message: unknown) =>
      redis.xadd(
        keys.webhookReplays,
        '*',
        WEBHOOK_REPLAY_FIELD,
        JSON.stringify(message),
      ),
    close: () => {
      redis.disconnect();
      reader.disconnect();
    },
  };
}
