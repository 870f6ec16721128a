import type { Command } from 'commander';
import { usage } from '../io.ts';
import { withExamples } from '../verb.ts';

/** Verbs whose names are settled and whose work is not there yet: what to do instead, in a line. */
const NOT_BUILT: Record<string, { summary: string; instead: string }> = {
  pause: {
    summary: 'stop calls for now',
    instead: 'golive hold keeps cohorts from rising; calls of live agents are paused at the platform itself.',
  },
  resume: { summary: 'take back a pause', instead: 'golive release takes back a hold.' },
  rollback: {
    summary: 'take agents back to shadow',
    instead: "Lower the cohort's mode at the platform itself, then golive hold keeps it there.",
  },
  halt: { summary: 'halt agents', instead: 'Halt the cohort at the platform itself, then golive hold keeps it there.' },
  terminate: { summary: 'end agents for good', instead: 'End the agents at the platform itself.' },
  reissue: { summary: 'mint new credentials and revoke the old', instead: 'Rotate the credential in the vault itself.' },
  reconcile: {
    summary: 'compare the platform with the log and mend',
    instead: 'golive status shows where platform and log differ; golive retry takes up what is parked.',
  },
  shutdown: {
    summary: 'stop everything of the customer',
    instead: 'Revoke the credentials at the platform itself; golive clock stop keeps the run from going on.',
  },
  drill: { summary: 'rehearse a stop or an escalation', instead: 'npm run rehearse runs the whole runbook with faults.' },
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
