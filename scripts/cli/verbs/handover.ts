import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { sha256Digest } from '../../../audit/keys.ts';
import { getEvidence } from '../../../clients/store/evidence.ts';
import { own } from '../../../domain/authority/context.ts';
import { handoverMarkdown } from '../../../domain/handover/markdown.ts';
import { HANDOVER_ROW, handoverPack, type HandoverPack } from '../../../domain/handover/pack.ts';
import { canonicalJson } from '../../../domain/runbook/canonical-json.ts';
import { HANDOVER_PLAN_HOURS } from '../../../domain/runbook/commands.ts';
import { formatT } from '../../../domain/clock.ts';
import { acceptSubject } from '../../../domain/state-view.ts';
import type { EvidenceView } from '../../../domain/view.ts';
import { CliError, EXIT } from '../io.ts';
import type { CommonOptions, Session } from '../session.ts';
import { addVerb, type Cli } from '../verb.ts';
import { golive } from '../words.ts';

interface HandoverOptions extends CommonOptions {
  out?: string;
}

export function handoverVerb(program: Command, cli: Cli): void {
  addVerb<HandoverOptions>(program, cli, {
    usage: 'handover',
    summary: 'the pack that the Operations Lead accepts with W3.13',
    description:
      'What is not live and what would lift it, holds, tasks, watch items, whom to call, how to stop, what to look at in the first week.\nIt is the very document that `golive confirm W3.13` is bound to, checked against the digest in the log.',
    examples: ['golive handover', 'golive handover --out handover.md', 'golive handover --json | jq .pack.howToStop'],
    options: (c) => c.option('--out <file>', 'write it there'),
    run: async (session, _args, options) => {
      const { io } = session;
      const view = await session.view();
      const cited = own(view.evidence, acceptSubject(HANDOVER_ROW));
      if (cited === undefined) {
        throw new CliError(EXIT.refused, 'There is no hand-over pack yet.', {
          next: `It is made at ${formatT(HANDOVER_PLAN_HOURS)}, once the last wave is stable. ${golive(session, ['status'])} shows how far that is.`,
          code: 'wrong_state',
        });
      }
      const pack = await packOf(session, cited);
      const { digest } = cited.evidence;
      const text =
        options.json === true
          ? `${JSON.stringify({ digest, auditIndex: cited.index, at: cited.at, pack }, null, 2)}\n`
          : handoverMarkdown(pack);
      if (options.out === undefined) io.stdout(text);
      else {
        const path = resolve(options.out);
        await writeFile(path, text);
        io.stderr(`Written to ${path}.\n`);
      }
      const accepted = view.milestones[HANDOVER_ROW];
      io.stderr(
        accepted === undefined
          ? `Entry #${cited.index}, ${digest}.\nNext: ${golive(session, ['confirm', HANDOVER_ROW])}, by the Operations Lead.\n`
          : `Entry #${cited.index}, ${digest}; ${HANDOVER_ROW} is ${accepted.status}.\n`,
      );
      return EXIT.ok;
    },
  });
}

/** From the log alone when nothing has changed since; else the bytes in the bucket, if they are those that the log names. */
async function packOf(session: Session, { evidence }: EvidenceView): Promise<HandoverPack> {
  const { connection, systems, io } = session;
  const now = handoverPack(await session.view(), (await session.file()).file);
  if (sha256Digest(canonicalJson(now)) === evidence.digest) return now;
  const bytes = connection.store && (await getEvidence(await systems.audit(), evidence, io.signal));
  // Its digest is the one in the log, so these are the engine's own bytes.
  if (bytes) return JSON.parse(Buffer.from(bytes).toString('utf8')) as HandoverPack;
  throw new CliError(EXIT.failed, `The hand-over pack ${evidence.ref} is not in the audit bucket, or it is another document.`, {
    next: 'Ask the Security Lead: golive verify says what is missing.',
    code: 'log_integrity',
  });
}
