import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { DeploymentName } from '../../domain/ids.ts';
import { WHY } from '../../domain/waiting/security.ts';
import { loadConnections } from '../cli/connections.ts';

/** Where scripted people keep what their commands name: the policy that they pinned, the reports that they made. */
export interface Desk {
  /** A command of `golive status` with what only its reader has: files of theirs, and a reason. */
  filled(command: readonly string[]): Promise<string[]>;
  keep(file: string, text: string): Promise<void>;
}

const REASON = 'a rehearsal: the fault script, or a machine that was busy with other things, kept the witness from signing';
const POLICY = 'policy';

export function deskOf(connections: string, { customer, deployment }: DeploymentName): Desk {
  const dir = join(dirname(resolve(connections)), 'people', `${customer}-${deployment}`);
  let policy: Promise<void> | undefined;
  const keep = async (file: string, text: string): Promise<void> => {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, file), text);
  };
  /** Given to them with their connections; the log itself is never asked for the keys under which it is judged. */
  const pinned = async (): Promise<void> => {
    const { customers } = await loadConnections(connections, {});
    await keep(POLICY, customers[customer]?.auditPolicy ?? '');
  };
  return {
    keep,
    async filled(command) {
      const words: string[] = [];
      for (const [i, word] of command.entries()) {
        const option = command[i - 1];
        if (option === '--policy') await (policy ??= pinned());
        words.push(option === '--policy' || option === '--evidence' ? join(dir, word) : word === WHY ? REASON : word);
      }
      return words;
    },
  };
}
