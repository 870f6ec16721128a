import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTION_IDS } from '../../clients/notify/slack/actions.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { random } from '../../scripts/generate/random.ts';
import type { Fault } from '../../scripts/rehearsal/fault-file.ts';
import { injectFaults } from '../../scripts/rehearsal/faults.ts';
import { checkAfterwards } from '../../scripts/rehearsal/slack/afterwards.ts';
import type { SlackCheck } from '../../scripts/rehearsal/slack/check.ts';
import type { Delivery, SlackControl, SlackMessage } from '../../scripts/rehearsal/slack/control.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';

/** Plan hours per wall hour: six minutes for the 72 hours. */
const SPEED = 720;
const COMPANY = { agents: 160, cohorts: 8, managers: 12, seed: 5, slack: true, personalFor: ['coordination' as const] };
const WITHIN_MS = 12 * 60_000;
const GATEWAY_KILLS = 8;

/** The gateway dies again and again while people sign; Slack is away when the first cards are due, and dies once; Temporal dies once. */
function faults(): Fault[] {
  const chance = random(COMPANY.seed, 'people');
  const every = (46 - 38.2) / GATEWAY_KILLS;
  const gateway = Array.from({ length: GATEWAY_KILLS }, (_, i) => ({
    at: 38.2 + every * (i + 0.9 * chance.next()),
    kill: 'gateway' as const,
    restartAfterMs: 500,
  }));
  return [
    ...gateway,
    { at: 37.8, slack: { action: 'down-for', ms: 4000 } },
    { at: 41.1, kill: 'temporal', restartAfterMs: 500 },
    { at: 44.2, kill: 'slack', restartAfterMs: 1000 },
  ];
}

describe('executives who sign from Slack while the gateway, Temporal and Slack itself die', () => {
  let stack: TestStack<'acme'>;
  let view: DeploymentView;
  let check: SlackCheck;
  let messages: SlackMessage[];
  let deliveries: Delivery[];
  const killed: string[] = [];

  beforeAll(async () => {
    stack = await startTestStack(SPEED, { acme: COMPANY });
    const { acme } = stack.customers;
    const stop = new AbortController();
    await acme.start();
    acme.people();
    const say = (line: string) => void killed.push(line.trim());
    void injectFaults({ faults: faults(), stack: stack.parts, log: acme.log, name: acme.name, say, signal: stop.signal });
    view = await acme.until('it is closed', (v) => v.header.closedAt !== null, WITHIN_MS);
    stop.abort();
    const control = acme.slack as SlackControl;
    const dir = await mkdtemp(join(tmpdir(), 'golive-slack-'));
    check = await checkAfterwards({ control, file: acme.file, log: acme.log, dir, signal: AbortSignal.timeout(180_000) });
    [messages, deliveries] = await Promise.all([control.messages(), control.deliveries()]);
  }, WITHIN_MS + 300_000);
  afterAll(() => stack.stop());

  const groupsOf = (shape?: string) =>
    new Set(
      Object.values(view.cohorts)
        .filter((c) => shape === undefined || c.shape === shape)
        .map(({ group }) => group),
    );
  const signOffs = () => view.signOffs.filter((s) => s.current && s.decision === 'approve');

  it('closes, though each of them died as often as it was to', () => {
    expect(killed.length).toBe(GATEWAY_KILLS + 3);
    // A cohort may miss its wave on a slow machine, and stand aside with its reason.
    expect(view.header.result).not.toBe('failed');
  });

  it('has three persons under each group, who signed from Slack', () => {
    for (const group of groupsOf()) {
      const slack = signOffs().filter((s) => s.group === group && s.channel === 'slack');
      expect(new Set(slack.map((s) => s.person)).size).toBe(3);
    }
  });

  it('has one personal signature under each group that holds a shape for which the deployment file asks for one', () => {
    const personal = signOffs().filter((s) => s.channel === 'cli');
    const needing = groupsOf('coordination');
    expect(needing.size).toBeGreaterThan(0);
    expect(new Set(personal.map((s) => s.group))).toEqual(needing);
  });

  it('answered each click that was acknowledged exactly once, and leaves no button that can still be clicked', () => {
    expect(check.findings).toEqual([]);
    expect(check.acked).toBeGreaterThanOrEqual(3);
    expect(deliveries.filter((d) => d.retry > 0).length).toBeGreaterThan(0);
  });

  it('posted everything once, in the order in which it happened, and edited it in place', () => {
    const keyed = messages.flatMap((m) => (m.metadata?.event_payload.key === undefined ? [] : [m.metadata.event_payload.key]));
    expect(keyed.length).toBe(messages.length);
    expect(keyed.filter((key, i) => keyed.indexOf(key) !== i)).toEqual([]);
    expect(keyed[0]).toBe('root');
    const cards = Object.keys(view.cards).map((card) => `card/${card}`);
    expect(keyed.filter((key) => key.startsWith('card/'))).toEqual(cards);
  });

  it('has everybody told in the modal which entry their signature is', async () => {
    const control = stack.customers.acme.slack as SlackControl;
    const told = (await control.views()).filter((v) => JSON.stringify(v.blocks).includes('Recorded as entry #'));
    expect(told.length).toBeGreaterThan(0);
    expect(deliveries.some((d) => d.kind === 'block_actions' && d.what === ACTION_IDS['sign-approve'])).toBe(true);
  });
});
