import './environment.ts';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { temporalClient } from '../clients/commands/temporal.ts';
import { recordingRun } from './record/run.ts';
import { shapeOf, withoutMachines, type History } from './record/shapes.ts';

const USAGE = `npm run record-history -- [FOLDER]      histories that the replay test holds every change of a workflow against

  npm run record-history                               runs a small deployment in which every shape occurs (six minutes)
  npm run record-history -- out/rehearsal/history      picks from what a rehearsal left behind
  npm run record-history -- --address 127.0.0.1:7233   picks from a Temporal server

  --namespace NAME   with --address (default)
  --to FOLDER        where they are kept (test/replay/histories)
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    address: { type: 'string' },
    namespace: { type: 'string' },
    to: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
const to = values.to ?? fileURLToPath(new URL('../test/replay/histories', import.meta.url));

if (values.help) process.stdout.write(USAGE);
else if (values.address !== undefined) await keep(await fromServer(values.address, values.namespace));
else if (positionals[0] !== undefined) await keep(await fromFolder(positionals[0]));
else {
  const out = await mkdtemp(join(tmpdir(), 'golive-record-'));
  await recordingRun(out, say, async (address) => {
    await untilAllEnded(address);
    await keep(await fromServer(address));
  });
  await rm(out, { recursive: true, force: true });
}

/** What goes on beside a deployment ends a little after it. */
async function untilAllEnded(address: string): Promise<void> {
  const client = temporalClient({ address });
  const until = Date.now() + 180_000;
  let running = true;
  while (running && Date.now() < until) {
    running = false;
    for await (const { status } of client.workflow.list()) running ||= status.name === 'RUNNING';
    if (running) await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  await client.connection.close();
}

/** One history per shape, the shortest; shapes that did not occur keep the history they have. */
async function keep(histories: History[]): Promise<void> {
  const chosen = new Map<string, History>();
  for (const history of histories) {
    const shape = shapeOf(history);
    const known = shape === undefined ? undefined : chosen.get(shape);
    if (shape !== undefined && (known === undefined || history.events.length < known.events.length)) chosen.set(shape, history);
  }
  await mkdir(to, { recursive: true });
  for (const [shape, history] of [...chosen].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const packed = gzipSync(JSON.stringify(withoutMachines(history)), { level: 9 });
    await writeFile(join(to, `${shape}.json.gz`), packed);
    say(`${shape}: ${history.events.length} events, ${packed.length} bytes`);
  }
}

async function fromServer(address: string, namespace?: string): Promise<History[]> {
  const client = temporalClient({ address, ...(namespace === undefined ? {} : { namespace }) });
  const histories: History[] = [];
  for await (const { workflowId, runId, status } of client.workflow.list()) {
    if (status.name === 'RUNNING') continue;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(JSON.parse(historyToJSON(history)) as History);
  }
  await client.connection.close();
  return histories;
}

async function fromFolder(folder: string): Promise<History[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.json(\.gz)?$/.test(name));
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(folder, name));
      const content = JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as
        History | { history: History };
      return 'history' in content ? content.history : content;
    }),
  );
}
