import { chance } from '../platform/chance';

/** A line of a crontab, wrapped by `operations-run`. */
export interface CronLine {
  job: string;
  schedule: string;
  description: string;
  /** what it does, as a script of the shell */
  script(slot: number): string;
}

/** The crontab of the platform's database host. */
export const CRONTAB: CronLine[] = [
  {
    job: 'db-vacuum',
    schedule: '* * * * *',
    description: 'Frees the space of deleted rows',
    script: slot =>
      `for table in bookings invoices members; do echo "vacuuming $table"; sleep 0.2; done; echo "${Math.round(
        900 * chance('vacuum', slot),
      )} MB freed"`,
  },
  {
    job: 'db-backup',
    schedule: '*/5 * * * *',
    description: 'Copies the database to another site',
    script: slot =>
      `echo "copying ${Math.round(
        14_000 + 900 * chance('backup', slot),
      )} MB"; sleep 2; echo verified`,
  },
];
