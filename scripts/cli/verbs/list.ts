import type { Command } from 'commander';
import type { DeploymentSummary } from '../../../clients/recorder/reader.ts';
import { number } from '../../../domain/describe/words.ts';
import { loadConnections } from '../connections.ts';
import { EXIT } from '../io.ts';
import { left, paintFor, right } from '../paint.ts';
import type { CommonOptions } from '../session.ts';
import { withExamples, type Cli } from '../verb.ts';
import { span } from '../words.ts';

interface Listed extends DeploymentSummary {
  state: 'open' | 'closed';
}

/** Every deployment of every customer that the connections file knows: the logs say which there are. */
export function listVerb(program: Command, cli: Cli): void {
  const command = program
    .command('list')
    .summary('the deployments that there are')
    .description('Every deployment that the logs of your customers know.');
  withExamples(command, ['golive list', 'golive list --customer acme', 'golive list --json']);
  command.action(async () => {
    const options = command.optsWithGlobals<CommonOptions & { color?: boolean }>();
    const { io } = cli;
    const connections = await loadConnections(options.connections, io.env);
    const customers = Object.keys(connections.customers).filter(
      (name) => options.customer === undefined || name === options.customer,
    );
    const answers = await Promise.all(customers.map((customer) => deploymentsOf(cli, connections, customer)));
    const all = answers.flatMap((answer) => (Array.isArray(answer) ? answer : []));
    const silent = answers.flatMap((answer) => (typeof answer === 'string' ? [answer] : []));
    if (options.json === true) io.stdout(`${JSON.stringify(all, null, 2)}\n`);
    else if (all.length > 0) io.stdout(`${table(all, io.now(), paintFor(io, options)).join('\n')}\n`);
    else if (silent.length === 0) io.stderr('There is no deployment yet.\nNext: golive plan, then golive start\n');
    for (const line of silent) io.stderr(`${line}\n`);
    cli.exitCode = silent.length > 0 ? EXIT.unreachable : EXIT.ok;
  });
}

async function deploymentsOf(
  cli: Cli,
  connections: Awaited<ReturnType<typeof loadConnections>>,
  customer: string,
): Promise<Listed[] | string> {
  const systems = cli.wiring(connections, customer);
  try {
    const found = await (await systems.log()).deployments(cli.io.signal);
    return found
      .filter((d) => d.customer === customer)
      .map((d) => ({ ...d, state: d.closedAt === null ? ('open' as const) : ('closed' as const) }));
  } catch (error) {
    cli.io.signal?.throwIfAborted();
    return `${customer}: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    await systems.close();
  }
}

function table(all: readonly Listed[], nowMs: number, paint: ReturnType<typeof paintFor>): string[] {
  const name = Math.max(10, ...all.map((d) => d.customer.length + d.deployment.length + 1));
  const head = `${left('deployment', name)}  ${left('state', 22)} ${left('opened', 17)} ${right('entries', 9)}  last`;
  return [
    paint.bold(head),
    ...all.map((d) => {
      const state =
        d.state === 'open'
          ? paint.accent('open')
          : d.result === 'failed'
            ? paint.bad('failed')
            : paint.good((d.result ?? 'closed').replaceAll('-', ' '));
      const opened = d.openedAt?.slice(0, 16).replace('T', ' ') ?? '';
      const last = d.lastAt === null ? '' : `${span(nowMs - Date.parse(d.lastAt))} ago`;
      return `${left(`${d.customer}/${d.deployment}`, name)}  ${left(state, 22)} ${left(opened, 17)} ${right(number(d.entries), 9)}  ${last}`;
    }),
  ];
}
