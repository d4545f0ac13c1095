import type { JobDefinition } from '@craft-easy/operations-sdk/jobs';
import { biExport } from './data/biExport';
import { searchIndexRefresh } from './data/searchIndexRefresh';
import { usageAggregation } from './data/usageAggregation';
import { warehouseExport } from './data/warehouseExport';
import { dailyMrrRollup } from './finance/dailyMrrRollup';
import { dunningLetters } from './finance/dunningLetters';
import { ledgerToErp } from './finance/ledgerToErp';
import { paymentReconciliation } from './finance/paymentReconciliation';
import { campaignAudienceRefresh } from './growth/campaignAudienceRefresh';
import { sendAnnouncement } from './growth/sendAnnouncement';
import { trialExpiryNudge } from './growth/trialExpiryNudge';
import { weeklyLicenseRenewalReminder } from './growth/weeklyLicenseRenewalReminder';
import { auditLogArchive } from './platform/auditLogArchive';
import { calculateNextSchedules } from './platform/calculateNextSchedules';
import {
  cleanupAuditLog,
  cleanupExpiredTokens,
  cleanupJobRuns,
  purgeSoftDeleted,
  tokenCleanup,
} from './platform/cleanups';

/** All jobs of the platform that run in Node; `python/worker.py` brings one more. */
export const JOBS: JobDefinition[] = [
  dailyMrrRollup,
  paymentReconciliation,
  ledgerToErp,
  dunningLetters,
  weeklyLicenseRenewalReminder,
  trialExpiryNudge,
  campaignAudienceRefresh,
  sendAnnouncement,
  biExport,
  warehouseExport,
  searchIndexRefresh,
  usageAggregation,
  cleanupExpiredTokens,
  tokenCleanup,
  cleanupAuditLog,
  cleanupJobRuns,
  purgeSoftDeleted,
  calculateNextSchedules,
  auditLogArchive,
];
