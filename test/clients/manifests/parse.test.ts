import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../clients/manifests/parse.ts';

const text = `apiVersion: golive/v1
kind: Cohort
name: sales-ic-coordination-handoff-broker
template: sales-handoff-broker
function: sales
level: ic
shape: coordination
agents:
  - { id: broker-0001, reporting_manager_email: maya.chen@northwind.example }
  - { id: broker-0002, reporting_manager_email: omar.sato@northwind.example }
connectors: [salesforce, slack, calendar]
output_schema:
  type: object
  properties:
    summary: { type: string }
    systems: { type: array, items: { type: string } }
  required: [summary]
example_request: { task: hand-off, dry_run: true }
expected: { calls_per_hour: 12, writes_per_hour: 3 }
budget_dollars: 4200
fallback_owner: vera.costa@northwind.example
on_call: kai.berg@northwind.example
`;
const key = 'manifests/sales-ic-coordination-handoff-broker.yaml';
const parse = (change: (text: string) => string = (t) => t) => parseManifest(Buffer.from(change(text)), key);

describe('a manifest', () => {
  it('becomes a cohort whose group is its function and level', () => {
    expect(parse().manifest).toMatchObject({
      name: 'sales-ic-coordination-handoff-broker',
      origin: { kind: 'template', name: 'sales-handoff-broker' },
      group: 'sales-ic',
      shape: 'coordination',
      agents: [{ id: 'broker-0001', managerEmail: 'maya.chen@northwind.example' }, { id: 'broker-0002' }],
      expected: { callsPerHour: 12, writesPerHour: 3 },
      budgetDollars: 4200,
    });
  });

  it('may be of a variant that the customer built', () => {
    expect(parse((t) => t.replace('template: ', 'variant: ')).manifest?.origin).toEqual({
      kind: 'variant',
      name: 'sales-handoff-broker',
    });
  });

  const cases: [string, (text: string) => string, string, number?][] = [
    ['of another apiVersion', (t) => t.replace('golive/v1', 'golive/v2'), 'field_invalid', 1],
    ['of another kind', (t) => t.replace('Cohort', 'Deployment'), 'field_invalid', 2],
    ['with neither template nor variant', (t) => t.replace(/template: .*\n/, ''), 'field_invalid'],
    ['with template and variant', (t) => t.replace('function:', 'variant: mine\nfunction:'), 'field_invalid', 5],
    ['of a function that does not exist', (t) => t.replace('function: sales', 'function: magic'), 'field_invalid', 5],
    ['of a level that does not exist', (t) => t.replace('level: ic', 'level: boss'), 'field_invalid', 6],
    ['of a shape that does not exist', (t) => t.replace('shape: coordination', 'shape: round'), 'field_invalid', 7],
    ['without agents', (t) => t.replace(/agents:\n( .*\n)+/, 'agents: []\n'), 'field_invalid', 8],
    [
      'with an agent without a manager',
      (t) => t.replace(', reporting_manager_email: omar.sato@northwind.example', ''),
      'field_missing',
      10,
    ],
    ['with a manager who has no address', (t) => t.replace('omar.sato@northwind.example', 'omar'), 'field_invalid', 10],
    ['with an agent id that could be a path', (t) => t.replace('broker-0002', '../broker'), 'field_invalid', 10],
    ['with a connector twice', (t) => t.replace('calendar', 'slack'), 'field_invalid', 11],
    [
      'that requires an output it does not declare',
      (t) => t.replace('required: [summary]', 'required: [mood]'),
      'field_invalid',
      17,
    ],
    [
      'whose output type does not exist',
      (t) => t.replace('summary: { type: string }', 'summary: { type: text }'),
      'field_invalid',
      15,
    ],
    ['with more writes than calls', (t) => t.replace('writes_per_hour: 3', 'writes_per_hour: 30'), 'field_invalid', 19],
    ['of shape research that plans to write', (t) => t.replace('shape: coordination', 'shape: research'), 'field_invalid', 19],
    ['without a budget', (t) => t.replace(/budget_dollars: .*\n/, ''), 'field_missing'],
    ['with a budget of nothing', (t) => t.replace('budget_dollars: 4200', 'budget_dollars: 0'), 'field_invalid', 20],
    ['with a budget in words', (t) => t.replace('4200', 'plenty'), 'field_invalid', 20],
    ['without a fallback owner', (t) => t.replace(/fallback_owner: .*\n/, ''), 'field_missing'],
    ['without anybody on call', (t) => t.replace(/on_call: .*\n/, ''), 'field_missing'],
    ['with an unknown field', (t) => `${t}colour: red\n`, 'unknown_field', 23],
    [
      'with an unknown field deep inside',
      (t) => t.replace('dry_run: true }', 'dry_run: true }').replace('{ calls_per_hour', '{ spare: 1, calls_per_hour'),
      'unknown_field',
      19,
    ],
    ['that is a list', () => '- a\n', 'field_invalid'],
    ['that is empty', () => '', 'field_invalid'],
  ];
  it.each(cases)('%s is refused', (_, change, code, line) => {
    const [first] = parse(change).problems ?? [];
    expect(first?.code).toBe(code);
    if (line !== undefined) expect(first?.line).toBe(line);
  });

  it('says of a wrong field which, where, what it holds and what it should', () => {
    const [first] = parse((t) => t.replace('omar.sato@northwind.example', 'omar')).problems ?? [];
    expect(first).toMatchObject({ code: 'field_invalid', file: key, line: 10, column: 49, found: 'omar' });
    expect(first?.rule).toContain('agents[1].reporting_manager_email: an e-mail address');
  });
});
