import canonicalize from 'canonicalize';
import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sha256Digest } from '../../../audit/keys.ts';
import { temporalClient } from '../../../clients/commands/temporal.ts';
import { createHttpLogReader } from '../../../clients/recorder/http-reader.ts';
import { createHttpRecorder } from '../../../clients/recorder/http.ts';
import type { LogReader } from '../../../clients/recorder/reader.ts';
import type { NewEntry } from '../../../domain/entry.ts';
import { deploymentWorkflowId } from '../../../domain/ids.ts';
import { startTemporal } from '../../processes/temporal.ts';
import { TEMPORAL_STORE } from './create.ts';
import type { DrillStep, GoesOn } from './drill-result.ts';
import type { Folded } from './folded.ts';
import { goesOn } from './goes-on.ts';
import type { Manifest } from './manifest.ts';
import { restoreLog } from './place.ts';

export interface DrillEvidence {
  kind: 'restore-drill';
  backup: string;
  customer: string;
  at: string;
  log: Manifest['log'];
  committed: Manifest['committed'];
  deployments: string[];
  steps: DrillStep[];
  goesOn: GoesOn[];
  ok: boolean;
  wallMs: number;
}

interface Opened {
  dir: string;
  manifest: Manifest;
  folded: Folded;
  rootKeys: string[];
  tools: { temporal: string; versitygw: string };
}

/**
 * Restores an opened backup into an S3 of its own: asks the log there everything that the engine and people ask of it, and has
 * the open deployments go on beside it.
 */
export async function drillAll({
  dir,
  manifest,
  folded,
  rootKeys,
  tools,
}: Opened): Promise<Pick<DrillEvidence, 'steps' | 'goesOn'>> {
  const place = await restoreLog(dir, manifest, rootKeys, tools.versitygw);
  const reader = createHttpLogReader({ url: place.endpoint, token: place.tokens.read });
  const recorder = createHttpRecorder({ url: place.endpoint, token: place.tokens.add });
  const store = join(dir, TEMPORAL_STORE);
  try {
    const steps = await asked(reader, manifest, folded);
    steps.push(await writes((entries) => recorder.add(entries), reader, manifest, folded));
    steps.push(await drillTemporal(store, manifest, tools.temporal));
    const on = await goesOn({ ...{ store, manifest, folded, place, reader }, temporal: tools.temporal });
    return { steps: [...steps, ...on.steps], goesOn: on.goesOn };
  } finally {
    await Promise.all([reader.close(), recorder.close()]);
    await place.remove();
  }
}

async function asked(reader: LogReader, manifest: Manifest, folded: Folded): Promise<DrillStep[]> {
  const steps: DrillStep[] = [];
  const { size, root } = await reader.audit();
  const same = size === manifest.committed?.size && root === manifest.committed.root;
  steps.push({
    step: 'the restored log opens, with the size and root that were backed up',
    ok: same,
    detail: `${size} entries, root ${root}`,
  });
  for (const [deployment, expected] of folded.views) {
    const view = await reader.state({ customer: manifest.customer, deployment });
    const [a, b] = [canonicalize(view), canonicalize(expected)];
    const digest = a === undefined ? 'nothing' : sha256Digest(a);
    steps.push({
      step: `its fold of ${deployment} is that of the entries in the backup`,
      ok: a !== undefined && a === b,
      detail: digest,
    });
  }
  return steps;
}

async function writes(
  add: (entries: readonly NewEntry[]) => Promise<number[]>,
  reader: ReturnType<typeof createHttpLogReader>,
  { customer, deployments }: Manifest,
  { entries }: Folded,
): Promise<DrillStep> {
  const [deployment = 'drill'] = deployments;
  const at = new Date().toISOString();
  const digest = sha256Digest(at);
  const entry: NewEntry = {
    ...{ v: 1, id: `${customer}/${deployment}/restore-drill/${at}`, at, customer, deployment, actor: 'golive' },
    kind: 'evidence',
    data: {
      subject: 'restore-drill',
      summary: 'written into a restored log',
      evidence: { ref: `evidence/${digest.slice(7)}`, digest },
    },
  };
  const [first, again] = [(await add([entry]))[0], (await add([entry]))[0]];
  const read = first === undefined ? undefined : await reader.entry(first);
  const known = (await reader.entry(0))?.id;
  const ok = first === entries && again === first && read?.id === entry.id && known !== undefined;
  return {
    step: 'it takes new entries where the old ones end, each id once',
    ok,
    detail: `entry #${first ?? '?'} after ${entries} restored ones`,
  };
}

/** Starts a server on a copy of Temporal's store and asks it for the deployments. */
export async function drillTemporal(store: string, manifest: Manifest, executable: string): Promise<DrillStep> {
  const step = "a server on the restored Temporal store has the deployments' workflows";
  if ((await stat(store).catch(() => undefined)) === undefined) {
    const why = manifest.leftOut.find((l) => l.what.startsWith('Temporal'))?.why ?? 'it is not in the backup';
    return { step, ok: null, detail: why };
  }
  const dir = await mkdtemp(join(tmpdir(), 'golive-drill-temporal-'));
  try {
    await copyFile(store, join(dir, 'temporal.db'));
    const server = await startTemporal({ dir, executable });
    const client = temporalClient({ address: server.address, namespace: server.namespace });
    try {
      const found: string[] = [];
      for (const deployment of manifest.deployments) {
        const id = deploymentWorkflowId({ customer: manifest.customer, deployment });
        const { status, historyLength } = await client.workflow.getHandle(id).describe();
        found.push(`${id} ${status.name.toLowerCase()}, ${historyLength} events`);
      }
      return { step, ok: true, detail: found.join('; ') };
    } catch (error) {
      return { step, ok: false, detail: error instanceof Error ? error.message : String(error) };
    } finally {
      await client.connection.close();
      await server.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

export async function writeEvidence(out: string, evidence: DrillEvidence): Promise<string> {
  const dir = join(resolve(out), 'evidence', 'drills');
  await mkdir(dir, { recursive: true });
  const path = join(dir, `${evidence.at.slice(0, 19).replaceAll(':', '')}-restore.json`);
  await writeFile(path, `${JSON.stringify(evidence, null, 2)}\n`);
  return path;
}
