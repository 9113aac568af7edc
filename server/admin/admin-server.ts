import type { Registry } from 'prom-client';
import type { Configurations } from '../configuration/configuration.ts';
import type { Log } from '../log.ts';
import { type AdminServer, json, type PagesOptions, startPages, words } from './pages.ts';
import { findConfiguration, resourcesDocument } from './resources-document.ts';
import type { StatusDocument } from './status-document.ts';

export interface AdminServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly registry: Registry;
  readonly status: () => StatusDocument;
  /** What is served now. */
  readonly configurations: () => Configurations;
  readonly log: Log;
}

/** The admin endpoint: what there is to know of the server, and nothing to change. No page holds a key. Rejects where it can't listen. */
export async function startAdminServer({ host, port, registry, status, configurations, log }: AdminServerOptions): Promise<AdminServer> {
  const pages: PagesOptions['pages'] = {
    '/healthz': () => words('ok\n'),
    '/readyz': () => (status().state === 'serving' ? words('ready\n') : words('draining\n', 503)),
    '/metrics': async () => ({ type: registry.contentType, text: await registry.metrics() }),
    '/status': () => json(status()),
    '/proxies': () => json(status().proxies),
    '/resources': (query) => {
      const configuration = findConfiguration(configurations(), query.get('proxy') ?? '');
      return configuration ? json(resourcesDocument(configuration)) : words('no such proxy class: /resources?proxy=NAMESPACE/CLASS\n', 404);
    },
  };

  return startPages({ host, port, pages, log });
}
