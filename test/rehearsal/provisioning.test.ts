import { readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readJournal, summarise } from '../../rehearsal/platform/journal-reader.ts';
import type { Answer } from './running-platform.ts';
import { withGuests } from './guests.ts';
import { RunningPlatform } from './running-platform.ts';
import { COHORT, helpers, namesOf, statuses, Steps } from './steps.ts';
import { specOf } from './world.ts';

const names = namesOf(COHORT, 10);
const itemsOf = ({ body }: Answer) => (body as { items: Record<string, unknown>[] }).items;

describe('provisioning at the platform', () => {
  let platform: RunningPlatform;
  let steps: Steps;
  withGuests(10, (fresh, first) => void ([platform, steps] = [fresh, first]));

  const summary = () => summarise([...readJournal(platform.journal)].filter(({ customer }) => customer === platform.customer));

  it('answers a repeated key with the first result, and nothing happens twice', async () => {
    await steps.provision(helpers());
    for (const again of [() => steps.create(names), () => steps.bind(names), () => steps.mint(names), () => steps.smoke(names)]) {
      const [one, two] = [itemsOf(await again()), itemsOf(await again())];
      expect(one.every(({ status, replayed }) => status === 'done' && replayed === true)).toBe(true);
      expect(two).toEqual(one);
    }
    expect(summary().effects).toMatchObject({ register: 1, create: 10, bind: 10, mint: 10, smoke: 10 });
    expect(summary().duplicates).toEqual({ created: 0, minted: 0, raised: 0, keys: 0 });
  });

  it('tells what became of any key, and leaves out the ones it does not know', async () => {
    await steps.provision(helpers());
    await steps.flip(COHORT, 'shadow', { run: true, key: 'acme/q4/helpers/*/run/1' });
    const of = (operation: string) => `acme/q4/${COHORT}/${COHORT}-2/${operation}/1`;
    const keys = [
      'register/1',
      'q4/snapshot',
      of('create'),
      of('bind'),
      of('mint'),
      of('smoke'),
      'acme/q4/helpers/*/run/1',
      'never',
    ];
    const { body } = await platform.post('/v1/operations/lookup', { keys }, { key: 'read' });
    const items = (body as { items: { key: string; operation: string }[] }).items;
    expect(items.map(({ key }) => key)).toEqual(keys.slice(0, -1));
    expect(items.map(({ operation }) => operation)).toEqual(['register', 'snapshot', 'create', 'bind', 'mint', 'smoke', 'raise']);
  });

  it('refuses each step whose step before is missing, and remembers no refusal', async () => {
    await steps.register([helpers()]);
    await steps.snapshot();
    expect(statuses(await steps.bind(names))).toEqual(names.map(() => 'refused'));
    await steps.create(names);
    expect(statuses(await steps.mint(names))).toEqual(names.map(() => 'refused'));
    await steps.bind(names);
    expect(statuses(await steps.smoke(names))).toEqual(names.map(() => 'refused'));
    expect(statuses(await steps.mint(names))).toEqual(names.map(() => 'done'));
    expect(statuses(await steps.smoke(names))).toEqual(names.map(() => 'done'));
  });

  it('creates no agent twice under another key, none too many, and none of another open deployment', async () => {
    await steps.register([helpers()]);
    expect(statuses(await steps.create(namesOf(COHORT, 12)))).toEqual([...names.map(() => 'done'), 'refused', 'refused']);
    expect(statuses(await steps.create(names, COHORT, 2))).toEqual(names.map(() => 'conflict'));
    const cohorts = [specOf('copies')];
    const register = { key: 'r2', deployment: 'q5', manifestSetDigest: `sha256:${'6'.repeat(64)}`, generation: 0, cohorts };
    await platform.post('/v1/agents/cohorts/from-manifests', register);
    const items = [{ key: 'x', agent: names[0], managerEmail: 'm1@acme.test' }];
    const { status, body } = await platform.post('/v1/agents', { deployment: 'q5', cohort: 'copies', generation: 0, items });
    expect([status, (body as { code: string }).code]).toEqual([409, 'agent_in_other_deployment']);
    expect(summary().effects['create']).toBe(10);
  });

  it('binds to nobody who is not in the snapshot, even if he came later', async () => {
    await steps.register([helpers()]);
    await steps.create(names);
    await platform.control({ action: 'employee-remove', customer: platform.customer, email: 'm2@acme.test' });
    await steps.snapshot();
    await platform.control({
      action: 'employee-add',
      customer: platform.customer,
      email: 'm2@acme.test',
      name: 'M2',
      managerEmail: null,
    });
    const bound = statuses(await steps.bind(names));
    expect(bound.filter((status) => status === 'refused')).toHaveLength(3);
    const emails = ['m1@acme.test', 'm2@acme.test'];
    const { body } = await platform.post(`/v1/hris/snapshots/${steps.snapshotId}/resolve`, { emails });
    expect(body).toMatchObject({ resolved: [{ email: 'm1@acme.test' }], unresolved: ['m2@acme.test'] });
  });

  it('a new credential generation replaces the old one and has to be tried again', async () => {
    await steps.provision(helpers());
    expect(statuses(await steps.mint(names, COHORT, 1))).toEqual(names.map(() => 'done'));
    expect(await steps.state()).toMatchObject({ credentialled: 10, smoked: 10 });
    await steps.mint(names, COHORT, 2);
    expect(await steps.state()).toMatchObject({ credentialled: 10, smoked: 0 });
    expect(statuses(await steps.mint(names, COHORT, 2))).toEqual(names.map(() => 'done'));
    expect(summary().duplicates.minted).toBe(10);
  });

  it('keeps secrets in the vault, where only its owner reads them, and out of replies and journal', async () => {
    await steps.provision(helpers());
    const lines = (await readFile(platform.vault, 'utf8')).split('\n').filter((line) => line.includes(`//${platform.customer}/`));
    const secrets = lines.map((line) => (JSON.parse(line) as { secret: string }).secret);
    expect(new Set(secrets).size).toBe(10);
    const replies = JSON.stringify([await steps.mint(names), await platform.get('/v1/deployments/q4/agents')]);
    const journal = await readFile(platform.journal, 'utf8');
    for (const secret of secrets) expect(replies.includes(secret) || journal.includes(secret)).toBe(false);
    expect((await stat(platform.vault)).mode & 0o777).toBe(0o600);
  });

  it('a cohort whose no-op is denied is told so, until it is allowed', async () => {
    await platform.control({ action: 'smoke-deny', customer: platform.customer, cohort: COHORT });
    await steps.provision(helpers());
    expect(await steps.state()).toMatchObject({ credentialled: 10, smoked: 0 });
    await platform.control({ action: 'smoke-allow', customer: platform.customer, cohort: COHORT });
    expect(itemsOf(await steps.smoke(names)).map(({ verdict }) => verdict)).toEqual(names.map(() => 'DENY'));
    expect(itemsOf(await steps.smoke(names, COHORT, 2)).map(({ verdict }) => verdict)).toEqual(names.map(() => 'ALLOW'));
  });
});

describe('minting at a limited rate', () => {
  it('does as many as the limit allows, puts the rest off, and refuses when none fits', async () => {
    // 7,200 an hour at speed 1: two a second, and a burst of two.
    const platform = await RunningPlatform.start({ mintLimitPerHour: 7200 });
    const steps = new Steps(platform);
    await steps.provision(helpers());
    expect(await steps.state()).toMatchObject({ credentialled: 2 });
    const second = await steps.mint(names.slice(2));
    expect(second.status === 429 || statuses(second).includes('rate_limited')).toBe(true);
    const { retryAfterMs } = second.body as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(0);
    if (second.status === 429) expect(second.headers.get('retry-after')).toBe(String(Math.ceil(retryAfterMs / 1000)));
    const startedAt = Date.now();
    let refusals = 0;
    for (let done = false; !done;) {
      const answer = await steps.mint(names);
      if (answer.status === 429) refusals++;
      done = answer.status === 200 && statuses(answer).every((status) => status === 'done');
      const { retryAfterMs: waitMs } = answer.body as { retryAfterMs?: number };
      if (!done) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    // 8 after the burst at two a second, whatever the machine: never faster than the limit.
    expect(Date.now() - startedAt).toBeGreaterThan(2500);
    expect(refusals).toBe(0);
    expect(summarise(readJournal(platform.journal)).effects['mint']).toBe(10);
    await platform.stop();
  });
});
