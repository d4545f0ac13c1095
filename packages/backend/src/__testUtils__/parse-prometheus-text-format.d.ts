declare module 'parse-prometheus-text-format' {
  export interface Metric {
    labels?: Record<string, string>;
    /** of counters and gauges */
    value?: string;
    /** of histograms */
    buckets?: Record<string, string>;
  }

  export interface MetricFamily {
    name: string;
    help: string;
    type: 'COUNTER' | 'GAUGE' | 'HISTOGRAM' | 'SUMMARY' | 'UNTYPED';
    metrics: Metric[];
  }

  /** Reads Prometheus' text format; figures stay text. */
  export default function parse(text: string): MetricFamily[];
}
