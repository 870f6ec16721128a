import type { Command } from 'commander';
import { usage } from '../io.ts';
import { withExamples } from '../verb.ts';

/** Verbs whose names are settled and whose work is not there yet: what to do instead, in a line. */
const NOT_BUILT: Record<string, { summary: string; instead: string }> = {
  gate: { summary: 'readiness gates of a release', instead: 'golive go GATE says go for a gate of the runbook.' },
  change: {
    summary: 'governed change of the deployment file',
    instead: 'Have the next version of the deployment file signed under the root and uploaded.',
  },
};

/** They exist, so that scripts and fingers find them, and they say honestly that they do nothing. */
export function notBuiltVerbs(program: Command): void {
  for (const [name, { summary, instead }] of Object.entries(NOT_BUILT)) {
    const command = program.command(`${name} [words...]`).summary(summary).description(`${summary}: not built yet. ${instead}`);
    withExamples(command, [`golive ${name}   # not built yet: ${instead}`])
      .allowUnknownOption()
      .action(() => {
        throw usage(`golive ${name} is not built yet; nothing was done.`, instead);
      });
  }
}
