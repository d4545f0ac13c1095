import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { Facts } from '../components/Facts';
import { Json } from '../components/Json';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { Person } from '../components/Person';
import { absoluteTime } from '../components/time';
import { AuditLink } from './AuditLink';
import { Diff } from './Diff';
import { auditMessages } from './messages';

/** All details of an entry of the audit trail. */
export function AuditDetails({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslationRef(auditMessages);
  const { before, after, approval } = entry;
  const both = before !== undefined && after !== undefined;
  const json = (title: string, value: unknown): [string, ReactNode] => [
    title,
    value !== undefined && value !== null && (
      <Json value={value} label={title} />
    ),
  ];
  return (
    <div style={{ padding: '8px 0' }}>
      <Facts
        facts={[
          [
            t('details.when'),
            entry.outcomeAt
              ? t('details.whenWithOutcome', {
                  time: absoluteTime(entry.at),
                  outcomeTime: absoluteTime(entry.outcomeAt),
                })
              : absoluteTime(entry.at),
          ],
          [
            t('details.action'),
            t('details.actionOn', {
              action: <code>{entry.action}</code>,
              target: <code>{entry.target}</code>,
            }),
          ],
          [t('details.error'), entry.error],
          json(t('details.parameters'), entry.parameters),
          [
            t('details.changed'),
            both && <Diff before={before} after={after} />,
          ],
          json(t('details.before'), both ? undefined : before),
          json(t('details.after'), both ? undefined : after),
          [
            t('details.approvedBy'),
            approval &&
              t('details.approval', {
                person: <Person of={approval.approvedBy} />,
                reason: approval.reason,
                time: absoluteTime(approval.approvedAt),
              }),
          ],
          [
            t('details.related'),
            <>
              <AuditLink of={{ target: entry.target }}>
                {t('details.sameTarget')}
              </AuditLink>
              {entry.tenant && (
                <>
                  {' · '}
                  <AuditLink of={{ tenant: entry.tenant }}>
                    {t('details.sameTenant', { tenant: entry.tenant })}
                  </AuditLink>
                </>
              )}
            </>,
          ],
          [
            t('details.request'),
            entry.requestId && (
              <MiddleTruncate
                text={entry.requestId}
                mono
                copy={t('details.copyRequestId')}
              />
            ),
          ],
          [
            t('details.from'),
            entry.ip && (
              <>
                {entry.ip}
                {entry.userAgent && <> · {entry.userAgent}</>}
              </>
            ),
          ],
          [
            t('details.id'),
            <MiddleTruncate text={entry.id} mono copy={t('details.copyId')} />,
          ],
        ]}
      />
    </div>
  );
}
