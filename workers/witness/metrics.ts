import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Memory } from './memory.ts';

export interface WitnessMetrics {
  registry: Registry;
  answered(status: number): void;
}

export function createMetrics(memory: Memory): WitnessMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'golive_witness_requests_total',
    help: 'Requests by the status they were answered with; 409 and 422 may be a log that rewrites its past',
    labelNames: ['status'],
    registers,
  });
  const perLog = (name: string, help: string, value: (cosigned: { size: number; at: number }) => number): Gauge =>
    new Gauge({
      name,
      help,
      labelNames: ['origin'],
      registers,
      collect() {
        for (const [origin, { checkpoint, at }] of memory.logs) this.set({ origin }, value({ size: checkpoint.size, at }));
      },
    });
  perLog('golive_witness_size', 'Entries in the largest tree that was cosigned', ({ size }) => size);
  perLog('golive_witness_cosigned_timestamp_seconds', 'When it was last cosigned', ({ at }) => at);
  return { registry, answered: (status) => requests.inc({ status: String(status) }) };
}
