import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMAND_KINDS } from '../../../domain/command.ts';
import { canonicalJson } from '../../../domain/runbook/canonical-json.ts';
import { runbookCanonical } from '../../../domain/runbook/canonical.ts';
import { COMMAND_CATALOGUE, rolesAllowed, rolesEver } from '../../../domain/runbook/commands.ts';
import { METRIC_LEVELS } from '../../../domain/runbook/metric-levels.ts';
import { RUNBOOK } from '../../../domain/runbook/runbook.ts';
import { STOPPING_TABLE } from '../../../domain/runbook/stopping.ts';
import { TIME_RULES } from '../../../domain/runbook/time-rules.ts';

describe('the runbook as one value', () => {
  it('is plain JSON: nothing is lost when it is written and read', () => {
    expect(JSON.parse(runbookCanonical())).toEqual(RUNBOOK);
    expect(RUNBOOK.version).toBe('1.4.0');
  });

  it('has levels that get worse from go to critical', () => {
    for (const { target, go, warning, critical } of Object.values(METRIC_LEVELS)) {
      expect(target).toBeLessThanOrEqual(go ?? warning);
      expect(go ?? 0).toBeLessThanOrEqual(warning);
      expect(warning).toBeLessThan(critical);
    }
  });

  it('has durations and floors that make sense', () => {
    for (const [name, { planMs, floorMs }] of Object.entries(TIME_RULES)) {
      expect(planMs, name).toBeGreaterThan(floorMs);
    }
    expect(TIME_RULES['witness-interval']).toMatchObject({ planMs: 300_000, floorMs: 2_000 });
  });

  it('tells somebody of every stop', () => {
    expect(STOPPING_TABLE).toHaveLength(9);
    for (const { id, told } of STOPPING_TABLE) expect(told.length, id).toBeGreaterThan(0);
  });
});

describe('the command catalogue', () => {
  it('knows every kind, and says which it does not carry out', () => {
    expect(Object.keys(COMMAND_CATALOGUE).sort()).toEqual([...COMMAND_KINDS].sort());
    const open = COMMAND_KINDS.filter((kind) => !COMMAND_CATALOGUE[kind].built);
    expect(open).toEqual(['distrust']);
  });

  it.each([
    ['promote', 'wave', null, ['deployment-lead']],
    ['promote', 'wave', 65.99, ['deployment-lead']],
    ['promote', 'cohort', 66, ['operations-lead']],
    ['resume', 'cohort', 70, ['operations-lead']],
    ['approve', 'set', null, ['ceo', 'customer-lead', 'cfo', 'security-lead']],
    ['approve', 'deployment', 0, ['customer-lead']],
    ['sign', 'group', 47, ['customer-lead', 'security-lead', 'cfo']],
    ['go', 'gate', 24, ['deployment-lead']],
    ['clock', 'deployment', null, ['deployment-lead']],
    ['approve', 'cohort', 1, []],
  ] as const)('%s about a %s at %s is for %s', (kind, level, hours, roles) => {
    if (roles.length > 0) expect(COMMAND_CATALOGUE[kind].levels).toContain(level);
    expect(rolesAllowed(kind, level, hours)).toEqual(roles);
  });

  it.each([
    ['promote', 'wave', ['deployment-lead', 'operations-lead']],
    ['approve', 'deployment', ['customer-lead']],
    ['approve', 'cohort', []],
  ] as const)('%s about a %s, at one hour or another, is for %s', (kind, level, roles) => {
    expect(rolesEver(kind, level)).toEqual(roles);
  });

  it('lets any person hold, but never the engine itself', () => {
    expect(rolesAllowed('hold', 'group', 1)).toHaveLength(9);
    for (const kind of COMMAND_KINDS) expect(rolesAllowed(kind, 'cohort', 1)).not.toContain('machine');
  });
});

describe('canonical JSON', () => {
  it('is what RFC 8785 says, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
    );
  });

  it('leaves absent fields out, and refuses what JSON cannot say', () => {
    expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}');
    expect(() => canonicalJson({ a: Number.NaN })).toThrow('NaN');
    expect(() => canonicalJson([undefined])).toThrow('undefined');
  });
});
