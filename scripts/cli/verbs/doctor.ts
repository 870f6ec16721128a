import type { Command } from 'commander';
import { findings, type Finding } from '../doctor/checks.ts';
import { machineChecks } from '../doctor/machine.ts';
import { slackChecks } from '../doctor/slack.ts';
import { systemChecks } from '../doctor/systems.ts';
import { temporalChecks } from '../doctor/temporal.ts';
import { EXIT } from '../io.ts';
import { left, paintFor, widthOf, wrap, type Paint } from '../paint.ts';
import { keysFolder, type CommonOptions } from '../session.ts';
import { addVerb, type Cli } from '../verb.ts';

export function doctorVerb(program: Command, cli: Cli): void {
  addVerb<CommonOptions & { color?: boolean }>(program, cli, {
    usage: 'doctor',
    summary: 'what is there, what answers, and what to do about the rest',
    description:
      'Changes nothing. Each line says what was found and, when it is not well, the next step.\nEnds with 4 when something is not well.',
    examples: ['golive doctor', 'golive doctor --customer acme', "golive doctor --json | jq '.[] | select(.ok == false)'"],
    run: async (session, _args, options) => {
      const { io, connections, systems } = session;
      const name = await session.name().catch(() => undefined);
      const { client } = await systems.temporal();
      const keysDir = name === undefined ? undefined : keysFolder(session, name.deployment);
      const found = await findings(
        [
          ...machineChecks(connections, keysDir),
          ...temporalChecks(client, connections, io.env, name),
          ...systemChecks(session),
          ...slackChecks(session),
        ],
        io,
      );
      if (options.json === true) io.stdout(`${JSON.stringify(found, null, 2)}\n`);
      else io.stdout(`${found.flatMap((f) => lines(f, paintFor(io, options), widthOf(io))).join('\n')}\n`);
      const ill = found.filter((f) => !f.ok).length;
      io.stderr(ill === 0 ? 'All is well.\n' : `${ill} of ${found.length} need a look.\n`);
      return ill === 0 ? EXIT.ok : EXIT.unreachable;
    },
  });
}

const WHAT = 34;

function lines({ what, ok, detail, next }: Finding, paint: Paint, width: number): string[] {
  const [first = '', ...more] = wrap(detail, width - WHAT - 2);
  return [
    `${ok ? paint.good('✔') : paint.bad('✖')} ${left(what, WHAT - 1)} ${first}`,
    ...more.map((line) => `${' '.repeat(WHAT + 2)}${line}`),
    ...(next === undefined
      ? []
      : wrap(`→ ${next}`, width - WHAT - 2).map((line) => `${' '.repeat(WHAT + 2)}${paint.warn(line)}`)),
  ];
}
