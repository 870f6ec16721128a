import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { slackApp } from './slack/app.ts';
import type { SlackCustomer } from './slack/customer.ts';
import { Refusals } from './slack/refusals.ts';
import type { GatewayMetrics } from './metrics.ts';

export interface SlackSide {
  customers: readonly SlackCustomer[];
  /** How often what was turned away is written into the log. */
  refusedEveryMs: number;
  now: () => number;
}

const FLUSH_WITHIN_MS = 5000;

/** The customers' Slacks on one server, each under its own path and secret. */
export function serveSlack(server: FastifyInstance, side: SlackSide, metrics: GatewayMetrics, logger: FastifyBaseLogger): void {
  const { customers, refusedEveryMs, now } = side;
  const ending = new AbortController();
  const served = customers.map((c) => {
    const refusals = new Refusals({ customer: c.customer, log: c.log, notes: c.notes, now });
    const receiver = slackApp(c, { refusals, metrics, logger, now, ending: ending.signal });
    receiver.routes(server);
    const flush = () =>
      refusals.flush(AbortSignal.timeout(FLUSH_WITHIN_MS)).catch((error: unknown) => {
        logger.warn({ err: error, customer: c.customer }, 'What was turned away is not in the log yet');
      });
    return { receiver, flush };
  });
  const timer = setInterval(() => void Promise.all(served.map(({ flush }) => flush())), refusedEveryMs);
  server.addHook('onClose', async () => {
    clearInterval(timer);
    await Promise.all(served.map(({ receiver }) => receiver.stop()));
    ending.abort();
    await Promise.all(served.map(({ flush }) => flush()));
  });
}
