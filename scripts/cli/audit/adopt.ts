import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Option, type Command } from 'commander';
import { adoptedData, adoptedId, DIRECT_PROBLEMS, readDirectRecord, type DirectProblem } from '../../../audit/direct.ts';
import { envelopeText, parseEnvelope } from '../../../audit/envelope.ts';
import { sha256Digest, sha256Hex } from '../../../audit/keys.ts';
import { evidenceKey, putEvidence } from '../../../clients/store/evidence.ts';
import { folder } from '../../../clients/store/key.ts';
import { COMMAND_PAYLOAD_TYPE } from '../../../domain/command.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { describe } from '../../../domain/describe.ts';
import type { EntryOf } from '../../../domain/entry.ts';
import { deploymentId } from '../../../domain/ids.ts';
import { addresseeOf } from '../../../domain/stop/addressee.ts';
import { directFile } from '../stops/direct-file.ts';
import { CliError, EXIT, usage, type ExitCode } from '../io.ts';
import type { Session } from '../session.ts';
import { addVerb, type Cli } from '../verb.ts';
import { golive } from '../words.ts';

interface AdoptOptions {
  dryRun?: boolean;
}

/** A file that may be entered. */
interface Checked {
  path: string;
  bytes: Uint8Array;
  entry: EntryOf<'direct.adopted'>;
}

export function adoptVerb(audit: Command, cli: Cli): void {
  addVerb<AdoptOptions>(audit, cli, {
    usage: 'adopt <files...>',
    summary: 'enter into the log what was stopped without Temporal',
    description:
      'A stop that is carried out while Temporal is away leaves files that the person signed. Checks them under the deployment file,\nkeeps them as evidence and enters them; a file that was entered before is not entered again. Needs a token that may write to the\nlog (log.addTokenFile in the connections file), and neither Temporal nor a deployment that runs. Nothing is entered unless all\nof the files are right. The signed order that lies beside them, given or not, is handed in as well: the engine finds the stop at the platform,\nand records what stands.',
    examples: ['golive audit adopt golive-*-halt-*.dsse.json --dry-run', 'golive audit adopt golive-*-halt-*.dsse.json'],
    options: (command) => command.addOption(new Option('--dry-run', 'check the files and write nothing')),
    run: adopt,
  });
}

async function adopt(session: Session, given: string[], { dryRun = false }: AdoptOptions): Promise<ExitCode> {
  const { io, systems } = session;
  const { file } = await session.file();
  rightBucket(session, file);
  const { orders, records: paths } = await sorted(given);
  const checked = await allChecked(session, paths, file);
  const log = await systems.log();
  const found = await Promise.all(checked.map(async ({ entry }) => log.find(entry.id, io.signal)));
  const fresh = checked.filter((_, i) => found[i] === undefined);
  const indexes = dryRun || fresh.length === 0 ? [] : await entered(session, file, fresh);
  const told = checked.map(({ path, entry }, i) => {
    const before = found[i];
    return {
      path,
      entry,
      before: before !== undefined,
      index: before?.index ?? indexes[fresh.findIndex((f) => f.path === path)],
    };
  });

  if (session.options.json === true) {
    const records = told.map(({ path, entry, before, index }) => {
      const { record, ...data } = entry.data;
      return { file: path, id: entry.id, index: index ?? null, enteredBefore: before, digest: record.digest, ...data };
    });
    io.stdout(`${JSON.stringify({ deployment: deploymentId(file), dryRun, records }, null, 2)}\n`);
  } else {
    for (const { path, entry, before, index } of told) {
      const how = before
        ? `was entered before as #${index ?? ''}`
        : index === undefined
          ? 'would be entered'
          : `recorded as entry #${index}`;
      io.stdout(`${path}: ${how}: ${describe(entry) ?? entry.id}\n`);
    }
  }
  if (!dryRun) await handInAll(session, await ordersOf(session, orders, checked));
  io.stderr(
    dryRun
      ? 'Nothing was written: this was a dry run.\n'
      : `Next: ${golive(session, ['audit', 'query', '--kind', 'direct.adopted'])}\n`,
  );
  return EXIT.ok;
}

/** Files that hold the order itself, and those that hold what was done under it. What is neither is found to be so later. */
async function sorted(paths: readonly string[]): Promise<{ orders: Order[]; records: string[] }> {
  const found = await Promise.all(paths.map(async (path) => (await orderIn(path)) ?? []));
  const orders = found.flat();
  return { orders, records: paths.filter((path) => orders.every((order) => order.path !== path)) };
}

interface Order {
  path: string;
  envelope: string;
  commandId: string;
}

async function orderIn(path: string): Promise<Order | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  const envelope = bytes && parseEnvelope(bytes);
  if (!envelope || 'problem' in envelope || envelope.payloadType !== COMMAND_PAYLOAD_TYPE) return undefined;
  const text = envelopeText(envelope);
  return { path, envelope: text, commandId: addresseeOf(text)?.id ?? '' };
}

/** What follows a stop (its ceiling, the incident, the landing) begins with its order: it lies beside the records, given or not. */
async function ordersOf({ io }: Session, given: readonly Order[], checked: readonly Checked[]): Promise<Order[]> {
  const orders = [...given];
  for (const { path, entry } of checked) {
    const { commandId } = entry.data;
    if (orders.some((order) => order.commandId === commandId)) continue;
    const beside = join(dirname(path), directFile(commandId, 'order'));
    const order = await orderIn(beside);
    if (order?.commandId === commandId) orders.push(order);
    else io.stderr(`The order ${commandId} itself is not there: the engine hears nothing of it. Give ${beside} as well.\n`);
  }
  return orders;
}

/** The same order once more, for the engine: it is answered once, and finds its own fence at the platform. */
async function handInAll({ io, systems }: Session, orders: readonly Order[]): Promise<void> {
  if (orders.length === 0) return;
  const commands = await systems.commands();
  for (const { path, envelope } of orders) {
    await commands.handIn({ envelope, handedInAt: new Date(io.now()).toISOString() }, io.signal);
    io.stderr(`${path}: handed in; the engine records the stop as it stands at the platform.\n`);
  }
}

/** Documents first: an entry that cites what is not there would be a finding for ever. */
async function entered({ io, systems }: Session, file: DeploymentFile, fresh: readonly Checked[]): Promise<number[]> {
  const recorder = await systems.recorder();
  const store = await systems.audit();
  for (const { bytes } of fresh)
    await putEvidence(store, file.audit.prefix, bytes, { contentType: 'application/json', signal: io.signal });
  return recorder.add(
    fresh.map(({ entry }) => entry),
    io.signal,
  );
}

async function allChecked({ io }: Session, paths: readonly string[], file: DeploymentFile): Promise<Checked[]> {
  const checked = new Map<string, Checked>();
  const wrong: { path: string; problem: DirectProblem }[] = [];
  for (const path of paths) {
    const bytes = await readFile(path).catch(() => {
      throw usage(`There is no file ${path}.`, 'Nothing was entered.');
    });
    const record = readDirectRecord(bytes, file);
    if ('problem' in record) {
      wrong.push({ path, problem: record });
      continue;
    }
    const ref = evidenceKey(file.audit.prefix, sha256Hex(bytes));
    const data = adoptedData(record, { ref, digest: sha256Digest(bytes) });
    const { customer, deployment } = file;
    const id = adoptedId(deploymentId(file), data);
    const at = new Date(io.now()).toISOString();
    const entry = { v: 1, id, at, kind: 'direct.adopted', customer, deployment, actor: record.person, data } as const;
    // The same file under two names is one.
    if (!checked.has(id)) checked.set(id, { path, bytes, entry });
  }
  const [first] = wrong;
  if (first) throw refused(wrong, first.problem);
  return [...checked.values()];
}

function refused(wrong: readonly { path: string; problem: DirectProblem }[], first: DirectProblem): CliError {
  const lines = wrong.map(({ path, problem }) => `${path}: ${DIRECT_PROBLEMS[problem.problem].sentence} (${problem.detail})`);
  const exit = wrong.every(({ problem }) => problem.problem === 'malformed') ? EXIT.usage : EXIT.refused;
  return new CliError(exit, `${lines.join('\n')}\nNothing was entered.`, {
    next: DIRECT_PROBLEMS[first.problem].next,
    code: first.problem,
  });
}

/** Evidence lies where the signed file says that the log is, or nobody who verifies finds it. */
function rightBucket({ connection: { store }, connections }: Session, { audit }: DeploymentFile): void {
  if (store === undefined || (store.auditBucket === audit.bucket && folder(store.auditPrefix) === folder(audit.prefix))) return;
  throw usage(
    `${connections.source} has the audit bucket as ${store.auditBucket}/${store.auditPrefix}, the deployment file as ${audit.bucket}/${audit.prefix}.`,
    'Correct store.auditBucket and store.auditPrefix; nothing was entered.',
  );
}
