import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyDeploymentFile } from '../../../audit/deployment-file.ts';
import { parseEnvelope } from '../../../audit/envelope.ts';
import { publicKey } from '../../../audit/keys.ts';
import { verifySet } from '../../../audit/verify-set.ts';
import { folderSource } from '../../../clients/manifests/folder.ts';
import { parseDeploymentFile } from '../../../clients/manifests/parse.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { EXECUTIVE_ROLES, STANDING_ROLES } from '../../../domain/roles.ts';
import { manifestSchema } from '../../../domain/manifest/manifest.schema.ts';
import { planSet } from '../../../domain/set/plan.ts';
import { stockCohorts } from '../../../scripts/generate/cohorts.ts';
import { generateCustomer, type GenerateCustomerOptions, type GeneratedCustomer } from '../../../scripts/generate/customer.ts';
import { generateSet, type GenerateSetOptions } from '../../../scripts/generate/set.ts';

const standard: GenerateSetOptions = {
  seed: 1,
  agents: 1200,
  cohorts: 24,
  managers: 120,
  customer: 'northwind',
  deployment: 'q1',
};

describe('a generated set', () => {
  it('is the same for the same seed and another for another', () => {
    const texts = (seed: number): string =>
      JSON.stringify([generateSet({ ...standard, seed }).manifests, generateSet({ ...standard, seed }).world]);
    expect(texts(1)).toBe(texts(1));
    expect(texts(1)).not.toBe(texts(2));
  });

  it.each([
    [3, 3, 1],
    [1200, 24, 120],
    [10_000, 120, 800],
    [20_000, 250, 1500],
  ])('of %i agents in %i cohorts with %i managers keeps every rule for a manifest', (agents, cohorts, managers) => {
    const { manifests, organisation, world } = generateSet({ ...standard, agents, cohorts, managers });
    const parsed = manifests.map(({ manifest }) => manifestSchema.parse(manifest));
    expect(parsed).toHaveLength(cohorts);
    expect(new Set(parsed.flatMap((m) => m.agents.map((agent) => agent.id))).size).toBe(agents);
    const inHris = new Set(world.employees.map((employee) => employee.email));
    const bound = new Set(parsed.flatMap((m) => m.agents.map((agent) => agent.managerEmail)));
    expect([...bound].filter((email) => !inHris.has(email))).toEqual([]);
    if (agents > 10) expect(bound.size).toBe(managers);
    expect(parsed.map((m) => m.shape)).toEqual(expect.arrayContaining(['research', 'production', 'coordination']));
    expect(organisation.employees.filter((e) => e.managerEmail === null)).toHaveLength(1);
  });

  it('for 250 cohorts has 25 to 49 stock templates and 100 to 200 variants', () => {
    const parsed = generateSet({ ...standard, agents: 20_000, cohorts: 250 }).manifests.map(({ manifest }) => manifest);
    const templates = new Set(parsed.flatMap((m) => m.template ?? [])).size;
    const variants = new Set(parsed.flatMap((m) => m.variant ?? [])).size;
    expect([templates >= 25 && templates <= 49, variants >= 100 && variants <= 200]).toEqual([true, true]);
    expect(stockCohorts(120)).toBe(25);
  });

  it('leads from every manager upwards to the CEO', () => {
    const { world } = generateSet(standard);
    const above = new Map(world.employees.map((e) => [e.email, e.managerEmail]));
    for (const { email } of world.employees) {
      let here: string | null = email;
      let steps = 0;
      for (; here !== null && steps < 10; steps += 1) here = above.get(here) ?? null;
      expect(steps).toBeLessThan(7);
    }
  });

  it('lets most managers answer in time, some late and a few never', () => {
    const { organisation, world } = generateSet(standard);
    const front = Object.values(organisation.managers)
      .flat()
      .map((m) => world.managerAnswering[m.email]);
    const share = (count: number): number => count / front.length;
    const inTime = share(front.filter((a) => a !== undefined && 'delayHours' in a && a.delayHours <= 4).length);
    expect(inTime).toBeGreaterThan(0.8);
    expect(front.filter((a) => a !== undefined && 'never' in a).length).toBeGreaterThan(0);
  });
});

describe('what the seed makes fail', () => {
  const faults = (options: Partial<GenerateSetOptions>) => generateSet({ ...standard, ...options }).world.faults;

  it('is one smoke sample in a small run, and nothing else', () => {
    const { preflight, smokeDeny, exampleMismatch, unstable } = faults({});
    expect([Object.keys(preflight), smokeDeny.length, exampleMismatch, unstable]).toEqual([[], 1, [], []]);
  });

  it.each([
    [49, 0],
    [50, 1],
    [120, 2],
    [250, 2],
  ])('in %i cohorts is %i in preflight, never more than 2 %%', (cohorts, expected) => {
    expect(Object.keys(faults({ cohorts, agents: 2500 }).preflight)).toHaveLength(expected);
  });

  it('is what was asked for: 3 % in preflight, two smoke samples, another cohort each', () => {
    const { preflight, smokeDeny, unstable } = faults({
      cohorts: 120,
      failing: { preflightShare: 0.03, smokeCohorts: 2, unstableCohorts: 1 },
    });
    expect([Object.keys(preflight).length, smokeDeny.length, unstable.length]).toEqual([4, 2, 1]);
    expect(new Set([...Object.keys(preflight), ...smokeDeny, ...unstable]).size).toBe(7);
  });
});

describe('a generated customer', () => {
  let dir = '';
  let customer: GeneratedCustomer;
  const options = (): GenerateCustomerOptions => ({
    ...standard,
    dir,
    now: '2026-03-01T09:00:00.000Z',
    logOrigin: 'log.northwind.example/q1',
    manifestSet: { bucket: 'northwind-manifests', prefix: 'sets/1/' },
    audit: { bucket: 'northwind-audit', prefix: 'q1/' },
    platform: { endpoint: 'http://127.0.0.1:1' },
    clusterEndpoint: 'http://127.0.0.1:1/k8s/northwind',
    approvals: { runbookDigest: `sha256:${'7'.repeat(64)}` },
    speed: 1440,
  });
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'golive-customer-'));
    customer = await generateCustomer(options());
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const verifiedFile = async (): Promise<DeploymentFile> => {
    const envelope = parseEnvelope(await readFile(customer.paths.deploymentSignature));
    if ('problem' in envelope) throw new Error(envelope.detail);
    const root = publicKey((await readFile(customer.paths.rootPublicKey, 'utf8')).trim());
    const verdict = verifyDeploymentFile(await readFile(customer.paths.deploymentFile), envelope, [root], parseDeploymentFile);
    if (verdict.status === 'refused') throw new Error(JSON.stringify(verdict.problems));
    return verdict.file;
  };

  it('has a deployment file that verifies under its root', async () => {
    expect(await verifiedFile()).toEqual(customer.deploymentFile);
  });

  it('has a set that verifies and can be planned', async () => {
    const verdict = await verifySet(folderSource(customer.paths.setFolder), {
      deploymentFile: await verifiedFile(),
      at: '2026-03-02T09:00:00.000Z',
    });
    if (verdict.status === 'refused') throw new Error(JSON.stringify(verdict.problems.slice(0, 3)));
    expect(verdict.set.digest).toBe(customer.manifestSetDigest);
    expect(planSet(verdict.set, 3000)).toMatchObject({ agents: 1200, managers: 120 });
  });

  it('has a person for every role, a deputy for every standing one, and nobody twice', () => {
    const { people, startedBy } = customer.deploymentFile;
    const holders = [...STANDING_ROLES, ...EXECUTIVE_ROLES].map((role) =>
      people.filter((p) => p.roles.includes(role)).map((p) => p.id),
    );
    expect(holders.map((ids) => ids.length)).toEqual(holders.map(() => 1));
    expect(new Set(holders.flat()).size).toBe(holders.length);
    expect(STANDING_ROLES.filter((role) => !people.some((p) => p.deputyOf.includes(role)))).toEqual([]);
    expect(people.find((p) => p.id === startedBy)?.roles).toEqual(['deployment-lead']);
  });

  it('has private keys that only their owner can read', async () => {
    for (const path of [...Object.values(customer.paths.keys), customer.paths.rootKey])
      expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps its keys when it is generated again into the same folder', async () => {
    const again = await generateCustomer(options());
    expect(again.rootPublicKey).toBe(customer.rootPublicKey);
    expect(again.deploymentFile).toEqual(customer.deploymentFile);
    expect(again.manifestSetDigest).toBe(customer.manifestSetDigest);
  });
});
