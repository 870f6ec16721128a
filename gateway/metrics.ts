import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { BREAKER_OPEN } from '../clients/breaker/metric.ts';
import type { Dependency } from '../domain/dependency.ts';

export interface GatewayMetrics {
  registry: Registry;
  /** An order handed in over `POST /v1/commands`. */
  order(outcome: string): void;
  /** What a click, a submitted modal or a slash command led to, at first. */
  clicked(outcome: string): void;
  /** What became of an order from Slack. */
  answered(outcome: 'applied' | 'refused' | 'unanswered'): void;
  recorded(seconds: number): void;
  /** What an alert of Alertmanager's led to. */
  alert(outcome: string): void;
  /** Whether a dependency that does not answer is not asked for a while. */
  breaker(dependency: Dependency, isOpen: boolean): void;
}

export function gatewayMetrics(): GatewayMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'golive_gateway_' });
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames: ['outcome'], registers });
  const orders = counter('golive_gateway_commands_total', 'Orders handed in');
  const clicks = counter('golive_gateway_clicks_total', 'Requests in the name of Slack, by what they led to at first');
  const answers = counter('golive_gateway_answers_total', 'Orders from Slack, by what became of them');
  const alerts = counter('golive_gateway_alerts_total', 'Alerts reported, by what they led to');
  const breakers = new Gauge({ ...BREAKER_OPEN, labelNames: ['dependency', 'part'], registers });
  const recorded = new Histogram({
    name: 'golive_gateway_recorded_seconds',
    help: 'Time from the arrival of a click until its answer stood in the log',
    buckets: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60],
    registers,
  });
  return {
    registry,
    order: (outcome) => orders.inc({ outcome }),
    clicked: (outcome) => clicks.inc({ outcome }),
    answered: (outcome) => answers.inc({ outcome }),
    alert: (outcome) => alerts.inc({ outcome }),
    breaker: (dependency, isOpen) => breakers.set({ dependency, part: 'gateway' }, isOpen ? 1 : 0),
    recorded: (seconds) => recorded.observe(seconds),
  };
}
