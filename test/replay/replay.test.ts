import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { DeterminismViolationError } from '@temporalio/workflow';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { childrenOf, shapeOf, workflowIdOf, type History } from '../../scripts/record/shapes.ts';
import { WORKFLOW_ENTRIES, workflowBundle, type Bundle } from '../../workers/workflow-bundle.ts';
import { quietTemporal } from '../support/servers/quiet.ts';

const HISTORIES = fileURLToPath(new URL('./histories', import.meta.url));
const files = (await readdir(HISTORIES)).filter((name) => name.endsWith('.json.gz')).sort();

/** What a deployment may meet; each has been recorded, so that a change of a workflow is held against all of them. */
const SHAPES = [
  ...['deployment-countdown', 'deployment-provision', 'deployment-validate', 'deployment-golive'],
  ...['cohort-normal', 'cohort-held', 'cohort-isolated', 'cohort-isolated-then-retried', 'cohort-promoted-again'],
  ...['wave-normal', 'wave-left', 'wave-stopped', 'wave-catch-up', 'channel', 'queue-drill', 'watch'],
  ...['stop-down', 'stop-laggards', 'stop-overdue', 'stop-refused', 'stop-terminated'],
  ...['remedy-resume', 'remedy-lift', 'remedy-promote', 'remedy-reissue', 'remedy-reconcile'],
];

/** What stops has workers of its own, with nothing else in their bundle. */
const bundleOf = (shape: string): Bundle => (shape.startsWith('stop-') ? 'stop' : 'workflows');

const load = async (file: string): Promise<History> =>
  JSON.parse(gunzipSync(await readFile(join(HISTORIES, file))).toString('utf8')) as History;

const BUILD = fileURLToPath(new URL('../../.golive/build', import.meta.url));
beforeAll(() => quietTemporal());

describe('a running deployment can be taken over by the workflows of this version', () => {
  it.each(files)('%s', async (file) => {
    const history = await load(file);
    await Worker.runReplayHistory(
      { workflowBundle: await workflowBundle(BUILD, bundleOf(file)) },
      history,
      workflowIdOf(history),
    );
  });
});

describe('what is recorded', () => {
  it('is one history of every shape', async () => {
    expect(files.map((file) => file.replace('.json.gz', '')).sort()).toEqual([...SHAPES].sort());
    for (const file of files) expect(`${shapeOf(await load(file)) ?? ''}.json.gz`).toBe(file);
  });

  it('has a deployment start everything that there is to start', async () => {
    const started = await Promise.all(
      files.filter((f) => f.startsWith('deployment-')).map(async (f) => childrenOf(await load(f))),
    );
    expect([...new Set(started.flat())].sort()).toEqual([
      ...['channel', 'cohort', 'queueDrill', 'remedy', 'stop', 'watch', 'wave'],
    ]);
  });

  it('names no machine, no folder and no secret', async () => {
    for (const file of files) {
      const history = await load(file);
      const text = JSON.stringify(history);
      const payloads = [...text.matchAll(/"data":"([^"]+)"/g)].map(([, data]) => Buffer.from(data ?? '', 'base64').toString());
      for (const said of [text, ...payloads]) {
        expect(said).not.toMatch(/"identity":"(?!golive")/);
        expect(said).not.toMatch(/stackTrace|PRIVATE KEY|Bearer |\/home\/|\/root\/|\/tmp\//);
      }
    }
  });
});

describe('a change that running deployments cannot take over', () => {
  it.each([
    ['cohort-normal', 'a step less', 'cohort.ts', ["(await atStep(run, bind, { type: 'bound' }))", 'true']],
    ['wave-normal', 'a step more', 'wave.ts', ['for (const percent of ramp)', 'for (const percent of [1, ...ramp])']],
    [
      'deployment-provision',
      'another order of steps',
      'stages/provision.ts',
      ['await verified(run);', 'await gate(run, "gate-1");'],
    ],
    ['stop-laggards', 'a step less', 'stop.ts', ['stragglers(input, verdict, progress, recorded)', 'undefined']],
    [
      'remedy-reissue',
      'a step less',
      'remedy.ts',
      ["await revokeOld.executeWithOptions(summary('what was valid ends'), [ref]);", ''],
    ],
  ] as const)('is noticed: %s against a workflow with %s', async (shape, _what, file, [from, to]) => {
    const changed = await changedBundle(bundleOf(shape), file, from, to);
    const history = await load(`${shape}.json.gz`);
    await expect(Worker.runReplayHistory({ workflowBundle: { code: changed } }, history, workflowIdOf(history))).rejects.toThrow(
      DeterminismViolationError,
    );
  });
});

/** The product's workflows with one piece of one file replaced, as a careless change would. */
async function changedBundle(bundle: Bundle, file: string, from: string, to: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'golive-replay-'));
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const loader = join(folder, 'change.cjs');
  await writeFile(
    loader,
    `module.exports = (text) => {
      const [from, to] = ${JSON.stringify([from, to])};
      if (!text.includes(from)) throw new Error('the piece to change is not there');
      return text.replace(from, () => to);
    };`,
  );
  try {
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(root, WORKFLOW_ENTRIES[bundle]),
      webpackConfigHook: (config) => ({
        ...config,
        module: {
          ...config.module,
          rules: [...(config.module?.rules ?? []), { enforce: 'pre', test: join(root, 'workflows', file), use: loader }],
        },
      }),
    });
    return code;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
