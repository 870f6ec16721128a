import { expect, it } from 'vitest';
import { judgeStop } from '../../../domain/stop/judge.ts';
import { machineOrder, type MachineOrder } from '../../../domain/stop/machine-order.ts';
import { FILE } from '../authority/given.ts';

const key = `ed25519:${'A'.repeat(43)}=`;
const file = { ...FILE, machine: [key] };
const saw = { manifestSetDigest: `sha256:${'0'.repeat(64)}`, runbookDigest: 'r' };
const order = (change: Partial<MachineOrder> = {}) =>
  machineOrder(
    {
      ...{ id: 'trigger-critical-level-1', kind: 'rollback', args: { trigger: 'critical-level' } },
      ...{ scope: { level: 'cohort', names: ['c-1'] }, reason: 'errors' },
      ...change,
    },
    { file, saw, nowMs: 0 },
  );

it('an order that golive gives by a row of the stopping table is obeyed under its key and no other', () => {
  expect(judgeStop(order(), { file, signer: { machine: key } })).toEqual({ verdict: 'applied' });
  expect(judgeStop(order(), { file, signer: { machine: `ed25519:${'B'.repeat(43)}=` } })).toMatchObject({ verdict: 'refused' });
  expect(judgeStop(order(), { file, signer: null })).toMatchObject({ verdict: 'refused' });
});

it.each([{ args: {} }, { args: { trigger: 'person' } }, { args: { trigger: 'a-row-of-nothing' } }])(
  'an order that names no row that golive watches is refused: %o',
  (change) => {
    expect(judgeStop(order(change), { file, signer: { machine: key } })).toMatchObject({
      verdict: 'refused',
      code: 'role_not_allowed',
    });
  },
);
