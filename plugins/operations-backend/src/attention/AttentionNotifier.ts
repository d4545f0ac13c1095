import type { LoggerService } from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { AttentionSeverity } from '@craft-easy/backstage-plugin-operations-common';
import {
  portalPathOf,
  visibleText,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AttentionRow } from './attentionRow';
import type { NotificationClaims } from './NotificationClaims';
import { severityRank } from './reconcile';

/**
 * Notifies owners, and others whom a source names, of urgent items: once each over all replicas,
 * and again when they are solved (by the same notification, updated).
 */
export class AttentionNotifier {
  private readonly maxSeverity: number;

  /**
   * @param mountPath - of the pages, as `readMountPath` returns it
   * @param severities - which are notified of; empty: none
   */
  constructor(
    private readonly claims: NotificationClaims,
    private readonly notifications: NotificationService | undefined,
    private readonly logger: LoggerService,
    private readonly mountPath: string,
    severities: AttentionSeverity[],
  ) {
    this.maxSeverity = Math.max(-1, ...severities.map(severityRank));
  }

  async send(now: number): Promise<void> {
    if (!this.notifications || this.maxSeverity < 0) return;
    for (const item of await this.claims.claimNotifications(
      this.maxSeverity,
      now,
    )) {
      await this.notify(item, item.title, null);
    }
    for (const item of await this.claims.claimSolved(now)) {
      await this.notify(item, `Solved: ${item.title}`, 'sent', 'low');
    }
  }

  /** A path within the portal, which prefixes its own base, or an address elsewhere. */
  private linkTo(place: AttentionRow['place']): string {
    if (place.kind === 'url') return place.url;
    return portalPathOf(
      this.mountPath,
      // from there a link leads on to the entity
      place.kind === 'entity' ? { kind: 'page', page: 'attention' } : place,
    );
  }

  private async notify(
    item: AttentionRow,
    title: string,
    unclaimTo: 'sent' | null,
    severity: AttentionSeverity = item.severity,
  ): Promise<void> {
    const { owner, notify, causedBy } = item;
    const recipients = [...new Set(owner ? [owner, ...notify] : notify)];
    if (!recipients.length) return;
    try {
      await this.notifications!.send({
        recipients: {
          type: 'entity',
          entityRef: recipients,
          ...(causedBy && { excludeEntityRef: causedBy }),
        },
        payload: {
          title: visibleText(title),
          description: item.detail && visibleText(item.detail),
          link: this.linkTo(item.place),
          severity,
          topic: 'operations-attention',
          scope: `attention:${item.id}`,
        },
      });
    } catch (error) {
      await this.claims.unclaim(item.id, unclaimTo);
      this.logger.warn(
        `Could not notify ${recipients.join(
          ', ',
        )} of "${title}"; it is tried again`,
        error as Error,
      );
    }
  }
}
