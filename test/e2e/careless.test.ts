import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeploymentView } from '../../domain/view.ts';
import type { Fault } from '../../scripts/rehearsal/fault-file.ts';
import { injectFaults } from '../../scripts/rehearsal/faults.ts';
import { controlPlatform } from '../../scripts/stack/control.ts';
import { historiesOf, textsOf } from '../support/stack/histories.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';

const SPEED = 1440;
const WITHIN_MS = 420_000;
const CANARY = 'canary-6f1d0b7e93a84c52';
const COMPANY = {
  ...{ agents: 120, cohorts: 60, managers: 12, seed: 5 },
  failing: { preflightShare: 0.016, smokeCohorts: 1, exampleCohorts: 1, unstableCohorts: 1 },
};

/** Every way in which the platform may say no, or nothing, while it quotes what it should not. */
const FAULTS: Fault[] = [
  { at: 0.3, platform: { action: 'execute-then-timeout', operation: 'create', n: 1 } },
  { at: 0.4, platform: { action: 'refuse-next', operation: 'mint', n: 3 } },
  { at: 0.5, platform: { action: 'refuse-next', operation: 'smoke', n: 2 } },
  { at: 2, platform: { action: 'unavailable-for', ms: 2000 } },
  { at: 49, platform: { action: 'refuse-next', operation: 'mode', n: 1 } },
];

/** Bytes as they are, and as base64 would hold them at each of its three offsets. */
const spellings = [
  CANARY,
  ...[0, 1, 2].map((pad) =>
    Buffer.from(' '.repeat(pad) + CANARY)
      .toString('base64')
      .slice(pad === 0 ? 0 : 4, -4),
  ),
];
const holds = (bytes: Buffer): boolean => spellings.some((spelling) => bytes.includes(spelling));

/** The platform's own files and the connections that people hold are no leak. */
const OWN = /^(platform|platform\.json|customers|customer)(\/|$)/;

/** What the log has published is gone from where it waited for that; whatever else cannot be read was not searched. */
const unlessGone = (error: unknown): Buffer => {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
  throw error;
};

describe('a platform that puts secrets into its credentials, error texts and headers', () => {
  let stack: TestStack<'acme'>;
  let view: DeploymentView;
  beforeAll(async () => {
    stack = await startTestStack(SPEED, { acme: COMPANY });
    const { parts, customers } = stack;
    const { acme } = customers;
    await controlPlatform(parts, { action: 'careless', secret: CANARY });
    await acme.start();
    acme.people();
    const stop = new AbortController();
    const say = (): void => undefined;
    void injectFaults({ faults: FAULTS, stack: parts, log: acme.log, name: acme.name, say, signal: stop.signal });
    view = await acme.until('it is closed', (v) => v.header.closedAt !== null, WITHIN_MS);
    stop.abort();
  }, WITHIN_MS + 60_000);
  afterAll(() => stack.stop());

  it('really says them, and really fails on the way', async () => {
    const vault = await readFile(join(stack.dir, 'platform', 'vault', 'secrets.jsonl'));
    expect(holds(vault)).toBe(true);
    const refused = await fetch(`${stack.parts.platformEndpoint}/v1/limits`);
    expect(refused.headers.get('x-debug-authorization')).toContain(CANARY);
    expect(await refused.text()).toContain(CANARY);
    expect(view.cohorts && Object.values(view.cohorts).filter((c) => c.phase === 'isolated').length).toBeGreaterThan(0);
  });

  it('finds none of them in the log, in S3, in the database of Temporal or in what a process said', async () => {
    const files = (await readdir(stack.dir, { recursive: true, withFileTypes: true }))
      .filter((f) => f.isFile())
      .map((f) => join(f.parentPath, f.name))
      .filter((f) => !OWN.test(relative(stack.dir, f)));
    const name = stack.customers.acme.planned[0]?.id ?? '';
    const seen: string[] = [];
    const leaked: string[] = [];
    for (const file of files) {
      const bytes = await readFile(file).catch(unlessGone);
      const short = relative(stack.dir, file);
      if (bytes.includes(name)) seen.push(short.split('/')[0] ?? '');
      if (holds(bytes)) leaked.push(short);
    }
    // What names a cohort is found in each of these places, so a secret would be.
    expect([...new Set(seen)]).toEqual(expect.arrayContaining(['s3', 'temporal']));
    expect(leaked).toEqual([]);
  });

  it('finds none of them in a history or in an entry', async () => {
    const { acme } = stack.customers;
    const { text } = textsOf(await historiesOf(stack.client, acme.name));
    const everything = [...text, JSON.stringify(await acme.entries())].join('\n');
    expect(everything).toContain(acme.planned[0]?.id);
    expect(holds(Buffer.from(everything))).toBe(false);
  });
});
