import { runEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { attach } from '../lib/attach';
import type { Route } from '../lib/routes';
import { runBulkActions } from './bulk/actions';
import type { RunBulkService } from './bulk/RunBulkService';
import { calendarOf } from './calendar';
import type { RunListService } from './RunListService';
import type { UpcomingService } from './UpcomingService';

/** The runs of all jobs, and what is done to many of them. */
export function runRoutes(options: {
  list: RunListService;
  bulks: RunBulkService;
  upcoming: UpcomingService;
}): Route[] {
  const { list, bulks, upcoming } = options;
  return attach('runs', runEndpoints, {
    'GET /runs': c => list.list(c.query, c.access),
    'GET /runs/:id/context': c => list.context(c.params.id, c.access),
    'GET /run-summary': c => list.summary(c.query, c.access),
    'GET /upcoming-runs': c => upcoming.list(c.query, c.access),
    async 'GET /upcoming-runs/calendar'(c, res) {
      const found = await upcoming.list(c.query, c.access);
      res.setHeader('content-type', 'text/calendar; charset=utf-8');
      res.setHeader(
        'content-disposition',
        'attachment; filename="upcoming-runs.ics"',
      );
      res.end(calendarOf(found));
    },
    'POST /run-bulks/preview': c => bulks.preview(c.body(), c.access),
    'GET /run-bulks': c => bulks.list(c.query.active, c.access),
    'GET /run-bulks/:id': c => bulks.get(c.params.id, c.access),
    'GET /run-bulks/:id/items': c =>
      bulks.items(c.params.id, c.query, c.access),
    ...runBulkActions(bulks),
  });
}
