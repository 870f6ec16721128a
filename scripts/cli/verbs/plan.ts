import type { Command } from 'commander';
import { plural } from '../../../domain/describe/words.ts';
import { planSet } from '../../../domain/set/plan.ts';
import { loadConnections } from '../connections.ts';
import { CliError, EXIT, usage, type ExitCode } from '../io.ts';
import { paintFor, widthOf } from '../paint.ts';
import { checkFolder, checkStored, type Checked } from '../plan/check.ts';
import { planPicture, problemLines } from '../plan/picture.ts';
import { openSession, type CommonOptions, type Session } from '../session.ts';
import { withExamples, type Cli } from '../verb.ts';
import { golive } from '../words.ts';

interface PlanOptions extends CommonOptions {
  mintLimit?: string;
  color?: boolean;
}

/** Looks and changes nothing: the set is verified, and what would be done with it is shown. */
export function planVerb(program: Command, cli: Cli): void {
  const command = program
    .command('plan [folder]')
    .summary('what would be done with the manifest set, before anything is')
    .description(
      "Verifies the set and shows cohorts, cells, waves, groups and how long minting takes at the platform's limit.\nFrom the bucket, or from a folder before the upload (then it needs no connection at all). Ends with 2 when the set is not valid.",
    )
    .option('--mint-limit <per-hour>', "credentials an hour; default: read from the platform, or 'none'");
  withExamples(command, [
    'golive plan',
    'golive plan demo/acme',
    'golive plan demo/acme --mint-limit 1500',
    'golive plan --json | jq .waves',
  ]);
  command.action(async (folder: string | undefined) => {
    const options = command.optsWithGlobals<PlanOptions>();
    const session = await sessionIfAny(cli, options, folder !== undefined);
    try {
      const checked =
        folder === undefined
          ? await checkStored(needed(session))
          : await checkFolder(folder, session?.connection.rootKeys, cli.io);
      cli.exitCode = await show(cli, checked, session, options);
    } finally {
      await session?.systems.close();
    }
  });
}

/** A folder is planned without any connection, too: nobody should need a gateway to look at a file. */
async function sessionIfAny(cli: Cli, options: PlanOptions, optional: boolean): Promise<Session | undefined> {
  if (optional && options.connections === undefined) {
    const found = await loadConnections(undefined, cli.io.env).catch(() => undefined);
    if (found === undefined) return undefined;
  }
  try {
    return await openSession(cli.io, options, cli.wiring);
  } catch (error) {
    if (optional && error instanceof CliError) return undefined;
    throw error;
  }
}

function needed(session: Session | undefined): Session {
  if (session === undefined) throw usage('Which set?', 'golive plan FOLDER, or a connections file.');
  return session;
}

async function show(cli: Cli, checked: Checked, session: Session | undefined, options: PlanOptions): Promise<ExitCode> {
  const { io } = cli;
  const look = { paint: paintFor(io, options), width: widthOf(io) };
  for (const note of checked.notes) io.stderr(`${note}\n`);
  if (checked.status === 'refused') {
    const { problems, omitted } = checked;
    if (options.json === true) io.stdout(`${JSON.stringify({ valid: false, problems, omitted }, null, 2)}\n`);
    else io.stdout(`${problemLines(problems, look).join('\n')}\n`);
    io.stderr(
      `The set is not valid: ${plural(problems.length + omitted, 'problem')}${omitted > 0 ? `, the first ${problems.length} shown` : ''}. Nothing was done.\n`,
    );
    return EXIT.usage;
  }
  const limit = await mintLimit(session, options);
  const plan = planSet(checked.set, limit ?? null);
  if (options.json === true)
    io.stdout(
      `${JSON.stringify({ valid: true, ...plan, approvals: checked.set.approvals, approvalsMissing: checked.set.approvalsMissing }, null, 2)}\n`,
    );
  else io.stdout(`${planPicture(plan, checked.set, look).join('\n')}\n`);
  if (limit === undefined)
    io.stderr('The platform was not asked for its minting limit; give --mint-limit to see how long minting takes.\n');
  io.stderr(`The set is valid. Nothing was done.\nNext: ${golive({ options }, ['start'])}\n`);
  return EXIT.ok;
}

/** Undefined: nobody knows. Null: the platform has none. */
async function mintLimit(session: Session | undefined, { mintLimit: given }: PlanOptions): Promise<number | null | undefined> {
  if (given === 'none') return null;
  if (given !== undefined) {
    const limit = Number(given);
    if (!(limit > 0)) throw usage(`${given} is no number of credentials an hour.`, 'Write --mint-limit 1500, or none.');
    return limit;
  }
  if (session?.connection.platform === undefined) return undefined;
  try {
    return (await (await session.systems.platform()).limits(session.io.signal)).mintPerHour;
  } catch {
    session.io.signal?.throwIfAborted();
    return undefined;
  }
}
