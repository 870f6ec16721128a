import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { sha256Digest } from '../../../audit/keys.ts';
import { deploymentId } from '../../../domain/ids.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { writeReport } from '../../report/write.ts';
import { EXIT } from '../io.ts';
import type { CommonOptions, Session } from '../session.ts';
import { gather } from '../status/gather.ts';
import { addVerb, type Cli } from '../verb.ts';

interface ReportOptions extends CommonOptions {
  out?: string;
}

export function reportVerb(program: Command, cli: Cli): void {
  addVerb<ReportOptions>(program, cli, {
    usage: 'report',
    summary: 'write report.json, report.html and brief.md',
    description:
      'A fold of the log and the platform, at any time: also before the deployment is closed, and while Temporal is down.',
    examples: ['golive report', 'golive report --out out/q4', 'golive report --json | jq .agents'],
    options: (c) => c.option('--out <folder>', 'where to (default out/<customer>-<deployment>)'),
    run: async (session, _args, options) => {
      const { io } = session;
      const name = await session.name();
      const { view, file, platform, audit, notes } = await gather(session);
      const dir = resolve(options.out ?? `out/${name.customer}-${name.deployment}`);
      const brief = await writtenBrief(session, view).catch(() => undefined);
      const { report, paths } = await writeReport({
        dir,
        view,
        cohorts: platform,
        file,
        audit,
        ...(brief === undefined ? {} : { brief }),
      });
      for (const note of notes) io.stderr(`${note}\n`);
      if (options.json === true) io.stdout(`${JSON.stringify(report, null, 2)}\n`);
      else for (const path of Object.values(paths)) io.stdout(`${relative('.', path)}\n`);
      const open = view.header.closedAt === null ? ' so far: it is not closed yet' : '';
      io.stderr(`The report of ${deploymentId(name)}${open}.\nNext: open ${relative('.', paths.html)}\n`);
      return EXIT.ok;
    },
  });
}

/** The brief as the CEO got it, if it still has the bytes that the log names. */
async function writtenBrief({ systems, connection, io }: Session, { header }: DeploymentView): Promise<string | undefined> {
  if (header.brief === null || connection.store === undefined) return undefined;
  const bytes = await (await systems.audit()).get(header.brief.ref, io.signal);
  return bytes && sha256Digest(bytes) === header.brief.digest ? Buffer.from(bytes).toString('utf8') : undefined;
}
