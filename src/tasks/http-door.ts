import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { unreachable } from '../base/assert.js';
import { toError } from '../base/errors.js';
import { createNodePlatform } from '../platform/node-platform.js';
import { ListenError } from '../platform/transport.js';
import { isLoopback } from '../transport/tcp-address.js';
import type { Log, Timers } from '../platform/platform.js';
import { addRoutes } from './http-add.js';
import { EventStreams } from './http-events.js';
import { guard } from './http-guard.js';
import { prometheusText } from './http-metrics.js';
import { problemOf } from './http-problem.js';
import { queryRoutes, wordOf } from './http-query.js';
import { PAGE, PAGE_HEADERS } from './page.js';
import { checkReach } from './socket-token.js';
import type { HttpDoor, HttpDoorOptions } from './task-desk.js';

/** What may be told to {@link openHttpDoor} beyond what every coordinator tells. */
export interface HttpDoorExtras {
  readonly timers?: Timers;
  readonly log?: Log;
}

/**
 * Opens the HTTP side of a coordinator; resolves once it listens.
 *
 * On loopback it asks for no token, and answers only requests that name a loopback host and come
 * from no foreign page. Elsewhere every request, for the page too, has to show the token, as
 * `Authorization: Bearer` or as the password of a browser's own prompt.
 *
 * Rejects with TokenRequiredError, or a ListenError when the port cannot be had.
 */
export async function openHttpDoor(
  options: HttpDoorOptions,
  extras: HttpDoorExtras = {},
): Promise<HttpDoor> {
  const { host, port, token } = options;
  checkReach(host, token);
  const platform = createNodePlatform();
  const { timers = platform.timers, log = platform.log } = extras;
  const streams = new EventStreams(options.desk, timers);
  const app = httpApp(options, { ...extras, log }, streams);
  const server = createAdaptorServer({
    fetch: app.fetch,
    // It would put its own Request in place of everybody's.
    overrideGlobalObjects: false,
  }) as Server;
  await listening(server, { host, port });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      streams.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // Whoever is in the middle of a request gets the answer; whoever holds on is let go.
      const patience = timers.after(CLOSE_TIMEOUT_MS, () => server.closeAllConnections());
      await closed;
      patience.cancel();
    },
  };
}

function httpApp(
  options: HttpDoorOptions,
  extras: HttpDoorExtras & { readonly log: Log },
  streams: EventStreams,
): Hono {
  const { desk } = options;
  const app = new Hono();
  app.use(guard({ token: options.token, isLocal: isLoopback(options.host) }));
  app.get('/', (c) => c.html(PAGE, 200, PAGE_HEADERS));
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', (c) => {
    return desk.isReady() ? c.json({ status: 'ready' }) : c.json({ status: 'not ready' }, 503);
  });
  app.get('/metrics', (c) => {
    return c.text(prometheusText(desk.metrics()), 200, { 'content-type': METRICS_TYPE });
  });
  app.get('/events', (c) => {
    const only = c.req.query('only');
    return streams.open(only !== undefined && wordOf('only', ['metrics'], only) === 'metrics');
  });
  addRoutes(app, options);
  queryRoutes(app, desk);
  app.notFound((c) => c.json({ error: `There is nothing at ${c.req.method} ${c.req.path}` }, 404));
  app.onError((thrown, c) => {
    const problem = problemOf(thrown);
    switch (problem.kind) {
      case 'refused':
        return c.json({ error: problem.error }, problem.status, problem.headers);
      case 'hung up':
        extras.log.debug('a request ended before its body did', { path: c.req.path });
        return c.body(null, 400);
      case 'unexpected':
        extras.log.error('a request failed', { path: c.req.path, error: toError(thrown) });
        return c.json({ error: 'The coordinator failed; its log says more' }, 500);
      default:
        return unreachable(problem);
    }
  });
  return app;
}

function listening(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new ListenError(`${host}:${port}`, error));
    });
    server.listen(port, host, resolve);
  });
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const CLOSE_TIMEOUT_MS = 2000;
