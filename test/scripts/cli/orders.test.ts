import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandsUnreachable } from '../../../clients/commands/port.ts';
import { ClientError } from '../../../clients/error.ts';
import type { Command } from '../../../domain/command.ts';
import { openDesk, type Desk } from './desk.ts';
import { World } from './world.ts';

let desk: Desk;
let world: World;
const who = (role: Parameters<World['holder']>[0]) => world.holder(role);
const last = () => world.handedIn.at(-1);

beforeEach(async () => {
  world = await new World().open();
  desk = await openDesk(world);
});
afterEach(() => desk.close());

/** To the go-live window, with evidence and holds to talk about. */
async function inWindow3(): Promise<void> {
  await world.start();
  await world.order('customer-lead', {
    kind: 'approve',
    scope: { level: 'deployment', names: [] },
    args: { decision: 'approve' },
  });
  await world.pass('gate-1', 24);
  world.nowMs = World.at(39);
  await world.groupEvidence({
    'sales-ic': ['sales-ic-research', 'sales-ic-production'],
    'hr-lead': ['hr-lead-research', 'hr-lead-coordination'],
  });
  await world.settle(['W2.08'], 39);
}

describe('an order', () => {
  it('is signed, handed in, and answered with where it stands in the log and what comes next', async () => {
    const ran = await desk.golive('approve', 'set', '--as', who('cfo'));
    expect(ran.code).toBe(0);
    expect(ran.out).toBe('Recorded as entry #3: CFO approves the manifest set.\n');
    expect(ran.err).toMatch(/^Next: golive approve set --as \S+ --connections \S+ {3}\(CEO, to approve the manifest set\)\n$/);
    const days = (Date.parse(last()?.expiresAt ?? '') - world.nowMs) / 86_400_000;
    expect(days).toBe(world.file.limits.approvalValidDays);
  });

  it('is JSON for programs', async () => {
    const ran = await desk.golive('confirm', 'C4', '--as', who('operations-lead'), '--json');
    expect(ran.json()).toMatchObject({
      kind: 'confirm',
      role: 'operations-lead',
      outcome: 'applied',
      index: 3,
      scope: { level: 'row', names: ['C4'] },
    });
  });

  it('that is refused ends with 5, the reason and what to do', async () => {
    await desk.golive('approve', 'set', '--as', who('cfo'));
    const ran = await desk.golive('approve', 'set', '--as', who('cfo'));
    expect(ran).toMatchObject({ code: 5, out: '' });
    expect(ran.err).toMatch(
      /^Refused: CFO .* has decided about manifest set .*\ngolive status shows by whom and when\.\n\(recorded as entry #4, already_done\)\n$/,
    );
  });

  it('may be signed with a key alone: the deployment file knows whose it is', async () => {
    const ran = await desk.golive('confirm', 'C4', '--key', join(desk.dir, 'keys', `${who('atlas-operator')}.pem`));
    expect(ran.code).toBe(0);
    expect(last()?.person).toBe(who('atlas-operator'));
  });

  it('signed with another key than that of its giver is refused by the engine', async () => {
    const ran = await desk.golive(
      'confirm',
      'C4',
      '--as',
      who('cfo'),
      '--role',
      'cfo',
      '--key',
      join(desk.dir, 'keys', `${who('ceo')}.pem`),
    );
    expect(ran.code).toBe(5);
    expect(ran.err).toContain('signature_invalid');
  });

  it('shown only, with --dry-run', async () => {
    const ran = await desk.golive('approve', 'set', '--as', who('ceo'), '--dry-run');
    expect(ran.code).toBe(0);
    expect((ran.json() as unknown as Command).saw.policyVersion).toBe(1);
    expect(world.handedIn).toEqual([]);
  });

  it('is asked about on a terminal, and not without one', async () => {
    const asked: string[] = [];
    const ask = async (question: string) => (asked.push(question), 'n');
    const ran = await desk.golive({ isTTY: true, ask }, 'approve', 'set', '--as', who('ceo'));
    expect(ran).toMatchObject({ code: 130, err: 'Nothing was signed.\n' });
    expect(asked).toEqual(['CEO approves the manifest set for northwind/q1. Sign and hand in? [y/N] ']);
    expect((await desk.golive({ isTTY: true, ask }, 'approve', 'set', '--as', who('ceo'), '--yes')).code).toBe(0);
    expect(asked).toHaveLength(1);
  });

  it('without an answer in time ends with 3, and the same envelope can be handed in again', async () => {
    const lost: string[] = [];
    desk.broken = { commands: async () => ({ handIn: async ({ envelope }) => (lost.push(envelope), { id: 'x' }) }) };
    const ran = await desk.golive('approve', 'set', '--as', who('ceo'), '--timeout', '10ms');
    expect(ran.code).toBe(3);
    const path = /--envelope (\S+)/.exec(ran.err)?.[1] ?? '';
    expect(await readFile(path, 'utf8')).toBe(lost[0]);
    desk.broken = {};
    const again = await desk.golive('approve', 'set', '--envelope', path);
    expect(again).toMatchObject({ code: 0, out: 'Recorded as entry #3: CEO approves the manifest set.\n' });
    expect((await desk.golive('go', 'gate-1', '--envelope', path)).code).toBe(2);
    expect((await readdir(tmpdir())).some((name) => path.endsWith(name))).toBe(true);
  });
});

describe('the verbs make orders', () => {
  type Case = [argv: string, role: Parameters<World['holder']>[0], expected: Partial<Command>];
  const cases: Case[] = [
    ['go 1', 'deployment-lead', { kind: 'go', scope: { level: 'gate', names: ['gate-1'] } }],
    [
      'approve go-ahead',
      'customer-lead',
      { kind: 'approve', scope: { level: 'deployment', names: [] }, args: { decision: 'approve' } },
    ],
    ['approve set --reject --reason no', 'cfo', { kind: 'approve', args: { decision: 'reject' }, reason: 'no' }],
    ['sign --group hr-lead', 'security-lead', { kind: 'sign', scope: { level: 'group', names: ['hr-lead'] } }],
    [
      'confirm c4',
      'connector-standby',
      { kind: 'confirm', scope: { level: 'row', names: ['C4'] }, args: { role: 'connector-standby' } },
    ],
    [
      'confirm W2.08 --no-go hr-lead-research=slow',
      'customer-lead',
      { kind: 'confirm', args: { noGo: { 'hr-lead-research': 'slow' } } },
    ],
    ['promote research', 'deployment-lead', { kind: 'promote', scope: { level: 'wave', names: ['research'] } }],
    [
      'promote --cohort hr-lead-research',
      'deployment-lead',
      { kind: 'promote', scope: { level: 'cohort', names: ['hr-lead-research'] } },
    ],
    [
      'hold --group sales-ic --reason legal --ceiling paused --released-by cfo',
      'ceo',
      { kind: 'hold', scope: { level: 'group', names: ['sales-ic'] }, args: { ceiling: 'paused', releasedBy: 'cfo' } },
    ],
    [
      'waive w1.10 --reason slow',
      'deployment-lead',
      { kind: 'waive', scope: { level: 'row', names: ['W1.10'] }, reason: 'slow' },
    ],
    ['retry', 'deployment-lead', { kind: 'retry', scope: { level: 'deployment', names: [] } }],
    [
      'retry --cohort hr-lead-research',
      'deployment-lead',
      { kind: 'retry', scope: { level: 'cohort', names: ['hr-lead-research'] } },
    ],
    ['clock stop --reason HRIS', 'deployment-lead', { kind: 'clock', args: { clock: 'stop' } }],
    [
      'clock rebaseline --shift 90m --reason HRIS',
      'deployment-lead',
      { kind: 'clock', args: { clock: 'rebaseline', shiftHours: 1.5 } },
    ],
  ];
  it.each(cases)('golive %s', async (argv, role, expected) => {
    await inWindow3();
    const ran = await desk.golive(...argv.split(' '), '--as', who(role), '--dry-run');
    expect(ran.err).toContain('dry run');
    expect(ran.json()).toMatchObject({ ...expected, person: who(role), role });
  });

  it('a signature for all groups carries the digest of each', async () => {
    await inWindow3();
    expect((await desk.golive('sign', '--all', '--as', who('cfo'))).code).toBe(0);
    const view = await world.view();
    expect(last()?.saw.evidence).toEqual({
      'sales-ic': view.groupEvidence['sales-ic']?.evidence.digest,
      'hr-lead': view.groupEvidence['hr-lead']?.evidence.digest,
    });
    expect(view.signOffs.map((s) => s.group)).toEqual(['sales-ic', 'hr-lead']);
    expect(await desk.golive('sign', '--all', '--as', who('cfo'))).toMatchObject({ code: 2 });
  });

  it('a release is about the scope of its hold, in the role that the hold names', async () => {
    await inWindow3();
    await desk.golive(
      'hold',
      '--cohort',
      'hr-lead-research',
      '--reason',
      'legal',
      '--released-by',
      'security-lead',
      '--as',
      who('ceo'),
    );
    const id = last()?.id ?? '';
    const ran = await desk.golive('release', id, '--as', who('security-lead'));
    expect(ran).toMatchObject({ code: 0 });
    expect(last()).toMatchObject({
      kind: 'release',
      role: 'security-lead',
      scope: { level: 'cohort', names: ['hr-lead-research'] },
      args: { holdId: id },
    });
    expect(await desk.golive('release', id, '--as', who('cfo'))).toMatchObject({ code: 5 });
  });
});

describe('what cannot be an order', () => {
  const cases: [argv: string, code: number, says: string][] = [
    ['go gate-7', 2, 'There is no gate gate-7; did you mean gate-1?'],
    ['approve everything', 2, 'There is nothing called everything to approve.'],
    ['confirm W9.99', 2, 'The runbook has no row W9.99'],
    ['promote reserch', 2, 'did you mean research?'],
    ['hold --cohort hr-lead-research', 2, 'A reason is needed'],
    ['hold --reason x', 2, 'Say what it is about.'],
    ['hold --cohort hr-led-research --reason x', 2, 'did you mean hr-lead-research?'],
    ['waive W1.10', 2, 'A reason is needed'],
    ['clock sotp', 2, 'did you mean stop?'],
    ['clock rebaseline --reason x', 2, 'By how much?'],
    ['retry --timeout soon', 2, 'soon is no duration.'],
    ['release nothing', 2, 'There is no hold nothing'],
    ['sign', 2, 'Say which groups'],
    ['confirm W2.08 --no-go cohort', 2, 'lacks its reason'],
  ];
  it.each(cases)('golive %s', async (argv, code, says) => {
    const ran = await desk.golive(
      ...argv.split(' '),
      '--as',
      argv.startsWith('sign') ? who('cfo') : argv.startsWith('confirm') ? who('customer-lead') : who('deployment-lead'),
    );
    expect(ran.err).toContain(says);
    expect(ran.code).toBe(code);
    expect(world.handedIn).toEqual([]);
  });

  it('names who may when the person may not, and whom there is when the person is unknown', async () => {
    const ran = await desk.golive('go', 'gate-1', '--as', who('cfo'));
    expect(ran).toMatchObject({ code: 5 });
    expect(ran.err).toContain('it is for Deployment Lead');
    const stranger = await desk.golive('go', 'gate-1', '--as', who('cfo').slice(0, -1));
    expect(stranger.err).toContain(`did you mean ${who('cfo')}?`);
    expect((await desk.golive('go', 'gate-1')).code).toBe(2);
    expect((await desk.golive('go', 'gate-1', '--as', who('cfo'), '--role', 'king')).code).toBe(2);
  });

  it('says what is away, with 4', async () => {
    const away = new CommandsUnreachable('gateway', 'The gateway does not answer.');
    desk.broken = { commands: async () => ({ handIn: async () => Promise.reject(away) }) };
    const ran = await desk.golive('approve', 'set', '--as', who('cfo'));
    expect(ran.code).toBe(4);
    expect(ran.err).toMatch(/then: golive approve set --envelope \S+/);
    const silent = new ClientError('recorder_unreachable', 'connect ECONNREFUSED');
    desk.broken = { log: async () => Promise.reject(silent) };
    expect(await desk.golive('approve', 'set', '--as', who('cfo'))).toMatchObject({ code: 4 });
  });
});
