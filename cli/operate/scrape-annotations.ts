/** What tells Prometheus where a sidecar's metrics are; as OSM and the injector write it. */
export const scrapeAnnotations: Readonly<Record<string, string>> = {
  'prometheus.io/scrape': 'true',
  'prometheus.io/port': '15010',
  'prometheus.io/path': '/stats/prometheus',
};
