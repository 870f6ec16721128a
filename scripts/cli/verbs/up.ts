import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { parseEnvelope } from '../../../audit/envelope.ts';
import { verifyDeploymentFile } from '../../../audit/deployment-file.ts';
import { publicKey } from '../../../audit/keys.ts';
import { parseDeploymentFile } from '../../../clients/manifests/parse.ts';
import { createHttpLogReader } from '../../../clients/recorder/http-reader.ts';
import { scriptedPeople } from '../../rehearsal/people.ts';
import { ProcessFailed } from '../../processes/process.ts';
import { setUp } from '../../setup/progress.ts';
import { ensureTools } from '../../setup/tools.ts';
import type { CustomerFolder } from '../../stack/customer.ts';
import { startStack, type Stack, type StackOptions } from '../../stack/stack.ts';
import { CliError, EXIT, usage, type CliIo } from '../io.ts';
import { withExamples, type Cli } from '../verb.ts';

interface UpOptions {
  dir: string;
  uiPort: string;
  people?: boolean;
}

type Golive = (argv: string[], io: CliIo) => Promise<number>;

/** Every part on this machine, for one or more customers, until Ctrl-C. */
export function upVerb(program: Command, cli: Cli, golive: Golive): void {
  const command = program
    .command('up <folder...>')
    .summary('run every part on this machine, for customers in folders')
    .description(
      'Starts Temporal, S3, the reference platform, a witness and a log per customer, workers and gateway, on loopback;\nuploads the signed files; writes golive.yaml, by which every other verb finds them, with the policy that the log is\nverified by. Ctrl-C stops all of it; the same folder again goes on with the same keys and data.',
    )
    .option('--dir <folder>', 'where the parts keep their data', 'out/up')
    .option('--ui-port <port>', "port of Temporal's web page", '7233')
    .option('--people', 'let scripted people act for everybody who is waited for');
  withExamples(command, ['golive up demo/acme', 'golive up demo/acme demo/globex --people']);
  command.action(async (folders: string[]) => {
    const options = command.opts<UpOptions>();
    const { io } = cli;
    const customers = await Promise.all(folders.map(readFolder));
    const [first] = customers;
    if (first === undefined) throw usage('golive up needs a folder.', 'golive generate demo/acme makes one.');
    const { endpoint } = first.file.platform;
    if (customers.some((c) => c.file.platform.endpoint !== endpoint || c.file.speed !== first.file.speed)) {
      throw usage('The deployment files name different platforms or speeds; one stack has one of each.');
    }
    await setUp(['temporal', 'versitygw']);
    const dir = resolve(options.dir);
    const stack = await started({
      ...{ dir, customers, speed: first.file.speed },
      platformPort: Number(new URL(endpoint).port),
      uiPort: Number(options.uiPort),
      tools: await ensureTools(['temporal', 'versitygw']),
      onPart: (part, detail) => io.stderr(`${part}: ${detail}\n`),
    });
    try {
      const found = relative(process.cwd(), stack.connectionsFile);
      io.stderr(`\nAll parts are up. In another terminal:\n`);
      for (const c of customers) io.stderr(`  npm run golive -- start --customer ${c.file.customer} --connections ${found}\n`);
      io.stderr(
        `  npm run golive -- status --watch --customer ${first.file.customer} --connections ${found}\nCtrl-C stops everything.\n`,
      );
      const people = options.people === true ? customers.map((c) => peopleOf(c, stack, io, golive)) : [];
      await untilAborted(io.signal);
      for (const p of people) p.stop();
    } finally {
      await stack.stop();
    }
    cli.exitCode = EXIT.ok;
  });
}

/** A part that does not start is mostly a port that is taken: by the stack that already runs. */
async function started(options: StackOptions): Promise<Stack> {
  try {
    return await startStack(options);
  } catch (error) {
    if (!(error instanceof ProcessFailed)) throw error;
    throw new CliError(EXIT.failed, error.message, {
      next: `If another golive up runs on this machine, stop it with Ctrl-C, or give this one --ui-port and --dir of its own. What each part said is in ${options.dir}/logs.`,
      code: 'part_not_started',
    });
  }
}

const untilAborted = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => (signal?.aborted === true ? resolve() : signal?.addEventListener('abort', () => resolve())));

function peopleOf({ file }: CustomerFolder, stack: Stack, io: CliIo, golive: Golive) {
  const { customer, deployment } = file;
  const log = createHttpLogReader({ url: stack.logEndpoints[customer] ?? '', token: stack.secrets[customer]?.log.read ?? '' });
  const say = (line: string) => io.stderr(`${line}\n`);
  return scriptedPeople({ golive, connections: stack.connectionsFile, name: { customer, deployment }, file, log, say });
}

/** A customer's folder, if its deployment file is what its root signed. */
async function readFolder(folder: string): Promise<CustomerFolder> {
  const dir = resolve(folder);
  const read = (name: string): Promise<Buffer> =>
    readFile(join(dir, name)).catch(() => {
      throw usage(`${folder} holds no ${name}.`, `golive generate ${folder} makes a customer to rehearse with.`);
    });
  const [bytes, signature, rootKey] = await Promise.all([
    read('deployment.yaml'),
    read('deployment.dsse.json'),
    read('root.pub'),
  ]);
  const envelope = parseEnvelope(signature);
  if ('problem' in envelope) throw new CliError(EXIT.usage, `${folder}/deployment.dsse.json: ${envelope.detail}`);
  const root = rootKey.toString('utf8').trim();
  const verdict = verifyDeploymentFile(bytes, envelope, [publicKey(root)], (b) => parseDeploymentFile(b));
  if (verdict.status === 'refused') {
    const [problem] = verdict.problems;
    throw new CliError(EXIT.usage, `${folder}/deployment.yaml: ${problem?.rule ?? ''}`, { next: problem?.next });
  }
  return { dir, file: verdict.file, rootKeys: [root] };
}
