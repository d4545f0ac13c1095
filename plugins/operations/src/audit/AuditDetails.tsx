import type { ReactNode } from 'react';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { Facts } from '../components/Facts';
import { Json } from '../components/Json';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { Person } from '../components/Person';
import { absoluteTime } from '../components/time';
import { AuditLink } from './AuditLink';
import { Diff } from './Diff';

/** All details of an entry of the audit trail. */
export function AuditDetails({ entry }: { entry: AuditEntry }) {
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
            'When',
            <>
              {absoluteTime(entry.at)}
              {entry.outcomeAt && (
                <>, outcome {absoluteTime(entry.outcomeAt)}</>
              )}
            </>,
          ],
          [
            'Action',
            <>
              <code>{entry.action}</code> on <code>{entry.target}</code>
            </>,
          ],
          ['Why not', entry.error],
          json('Parameters', entry.parameters),
          ['Changed', both && <Diff before={before} after={after} />],
          json('Before', both ? undefined : before),
          json('After', both ? undefined : after),
          [
            'Approved by',
            approval && (
              <>
                <Person of={approval.approvedBy} /> “{approval.reason}”,{' '}
                {absoluteTime(approval.approvedAt)}
              </>
            ),
          ],
          [
            'Trail',
            <>
              <AuditLink of={{ target: entry.target }}>
                What else was done to this?
              </AuditLink>
              {entry.tenant && (
                <>
                  {' · '}
                  <AuditLink of={{ tenant: entry.tenant }}>
                    All of tenant {entry.tenant}
                  </AuditLink>
                </>
              )}
            </>,
          ],
          [
            'Request',
            entry.requestId && (
              <MiddleTruncate
                text={entry.requestId}
                mono
                copy="Copy request id"
              />
            ),
          ],
          [
            'From',
            entry.ip && (
              <>
                {entry.ip}
                {entry.userAgent && <> · {entry.userAgent}</>}
              </>
            ),
          ],
          ['Row', <MiddleTruncate text={entry.id} mono copy="Copy row id" />],
        ]}
      />
    </div>
  );
}
