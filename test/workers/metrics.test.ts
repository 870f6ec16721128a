import { afterAll, describe, expect, it } from 'vitest';
import { Runtime } from '@temporalio/worker';
import { freePort } from '../../scripts/processes/ports.ts';
import { breakerGauge, installRuntime } from '../../workers/temporal.ts';

describe('the metrics of a worker', () => {
  afterAll(() => Runtime.instance().shutdown());

  it('have its breakers beside what the SDK counts', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    installRuntime('golive-test', 'error', address);
    const show = breakerGauge();
    show({ customer: 'acme', dependency: 'S3', part: 'stop-1' }, true);
    show({ customer: 'acme', dependency: 'log', part: 'stop-1' }, false);
    const text = await (await fetch(`http://${address}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith('golive_breaker_open{'));
    expect(lines.find((line) => line.includes('dependency="S3"'))).toMatch(/customer="acme".*part="stop-1".* 1$/);
    expect(lines.find((line) => line.includes('dependency="log"'))).toMatch(/ 0$/);
  });
});
