/**
 * Exports the portal's metrics. It starts before any plugin: an instrument that is created before
 * there is a meter provider measures nothing.
 *
 * `OTEL_METRICS_EXPORTER=prometheus` opens `/metrics` on a port of its own, which OpenTelemetry's
 * variables choose (`OTEL_EXPORTER_PROMETHEUS_PORT`, 9464; `OTEL_EXPORTER_PROMETHEUS_HOST`,
 * localhost). Without it nothing is measured.
 */
import { isMainThread } from 'node:worker_threads';
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** Series per instrument: a job, its statuses and buckets each count. */
const MAX_SERIES = 50_000;

/**
 * Begins to measure, where the environment says so.
 * @returns what ends it; resolves when the port is closed
 */
export function startMetrics(env: NodeJS.ProcessEnv = process.env): {
  stop(): Promise<void>;
} {
  const exporters = (env.OTEL_METRICS_EXPORTER ?? '').split(',');
  // `package start` loads this file in a worker too, which would take the port and measure nothing
  if (!isMainThread || !exporters.includes('prometheus')) {
    return { stop: async () => {} };
  }
  const exporter = new PrometheusExporter({
    port: Number(env.OTEL_EXPORTER_PROMETHEUS_PORT || 9464),
    host: env.OTEL_EXPORTER_PROMETHEUS_HOST || 'localhost',
  });
  const provider = new MeterProvider({
    readers: [exporter],
    views: [
      {
        instrumentName: 'operations.*',
        aggregationCardinalityLimit: MAX_SERIES,
      },
    ],
  });
  metrics.setGlobalMeterProvider(provider);
  return {
    async stop() {
      metrics.disable();
      await provider.shutdown();
    },
  };
}
