import type { Server } from 'node:http';
import { metricsServiceFactory } from '@backstage/backend-defaults/alpha';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import operationsPlugin from '@craft-easy/backstage-plugin-operations-backend';
import bullmqModule from '@craft-easy/backstage-plugin-operations-backend-module-bullmq';
import {
  freePort,
  getTestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  createJobClient,
  defineJob,
  startWorker,
} from '@craft-easy/operations-sdk/jobs';
import parsePrometheus, {
  type MetricFamily,
} from 'parse-prometheus-text-format';
import request from 'supertest';
import { startMetrics } from './instrumentation';

jest.setTimeout(120_000);

describe('the metrics of the portal', () => {
  const ends: Array<() => Promise<unknown>> = [];
  let port: number;

  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  async function scrape(): Promise<Map<string, MetricFamily>> {
    const answer = await fetch(`http://localhost:${port}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    const families = parsePrometheus(await answer.text());
    return new Map(families.map(family => [family.name, family]));
  }

  /** Both jobs are in the inventory. */
  async function announced(server: Server) {
    const jobs = async () => {
      const { body } = await request(server).get('/api/operations/v1/jobs');
      return body.totalItems;
    };
    await until(async () => (await jobs()) >= 2, { seen: jobs });
  }

  it('[attention.7] are read by a Prometheus parser: runs, durations, queues, attention, ingestion', async () => {
    port = await freePort();
    const metrics = startMetrics({
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
    });
    ends.push(() => metrics.stop());
    const redis = await getTestRedis();
    ends.push(() => redis.close());
    const { url, namespace, queuePrefix } = redis;
    const scheduler = mockServices.scheduler();
    const backend = await startTestBackend({
      features: [
        operationsPlugin,
        bullmqModule,
        metricsServiceFactory,
        createServiceFactory({
          service: coreServices.scheduler,
          deps: {},
          factory: () => scheduler,
        }),
        mockServices.rootConfig.factory({
          data: {
            operations: {
              redis: { url, namespace, queuePrefix, commandTimeoutMs: 5000 },
            },
          },
        }),
      ],
    });
    ends.push(() => backend.stop());

    let release!: () => void;
    const gate = new Promise<void>(resolve => (release = resolve));
    ends.push(async () => release());
    const worker = startWorker({
      jobs: [
        defineJob({
          name: 'import',
          handler: async () => {
            throw new Error('502 Bad Gateway');
          },
        }),
        defineJob({ name: 'export', handler: () => gate }),
      ],
      connection: url,
      namespace,
      queuePrefix,
    });
    ends.push(() => worker.close({ force: true, graceMs: 100 }));
    await worker.ready;
    const client = createJobClient({ connection: url, namespace, queuePrefix });
    ends.push(() => client.close());
    await announced(backend.server);
    await client.enqueue('export');
    await client.enqueue('export');
    await client.enqueue('import');

    const sample = async (name: string, labels: Record<string, string>) => {
      await scheduler.triggerTask('operations-attention');
      const family = (await scrape()).get(name);
      return family?.metrics.find(metric =>
        Object.entries(labels).every(([k, v]) => metric.labels?.[k] === v),
      );
    };
    const eventually = async (
      name: string,
      labels: Record<string, string>,
      value: string,
    ) => {
      let found: Awaited<ReturnType<typeof sample>>;
      await until(
        async () => {
          found = await sample(name, labels);
          return found?.value === value;
        },
        {
          withinMs: 20_000,
          everyMs: 100,
          seen: () => `${name} is ${found?.value}, not ${value}`,
        },
      );
    };

    await eventually(
      'operations_runs_total',
      { job: 'bullmq/import', status: 'failed' },
      '1',
    );
    await eventually(
      'operations_attention_items',
      { severity: 'high', state: 'open' },
      '1',
    );
    // the parser keeps no labels of a histogram; there is one run that ended
    expect(
      (await scrape()).get('operations_run_duration_seconds'),
    ).toMatchObject({
      type: 'HISTOGRAM',
      metrics: [{ buckets: { '1': '1', '+Inf': '1' } }],
    });
    await eventually('operations_ingestion_lag', {}, '0');
    await eventually('operations_ingestion_pending', {}, '0');
    await eventually(
      'operations_queue_depth',
      { job: 'bullmq/export', state: 'waiting' },
      '1',
    );
    const oldest = await sample('operations_queue_oldest_wait_seconds', {
      job: 'bullmq/export',
    });
    expect(Number(oldest!.value)).toBeGreaterThan(0);
  });

  it('measure nothing where nobody asks', async () => {
    const quiet = await freePort();
    const metrics = startMetrics({
      OTEL_EXPORTER_PROMETHEUS_PORT: String(quiet),
    });
    await expect(fetch(`http://localhost:${quiet}/metrics`)).rejects.toThrow();
    await metrics.stop();
  });
});
