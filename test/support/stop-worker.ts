import { parseEnvelope } from '../../audit/envelope.ts';
import { openOrder } from '../../audit/signed-order.ts';
import type { Commands } from '../../clients/commands/port.ts';
import { bringDown, type Lowering } from '../../clients/platform/stop.ts';
import type { Command } from '../../domain/command.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { judgeStop } from '../../domain/stop/judge.ts';
import type { StoppingKind } from '../../domain/stop/stop.ts';

/** What a stop worker does with an order that is handed in, without Temporal and without a log: judged, then brought down. */
export const stopWorker = (given: {
  file: () => DeploymentFile;
  /** With a credential that can only lower. */
  platform: () => Lowering;
  heard: (command: Command, verdict: 'applied' | 'refused') => void;
}): Commands => ({
  async handIn({ envelope: text }) {
    const file = given.file();
    const envelope = parseEnvelope(text);
    const { signer, command } = ('problem' in envelope ? undefined : openOrder(envelope, file)) ?? {};
    if (command === undefined) throw new Error('nobody signed that');
    const { verdict } = judgeStop(command, { file, signer: signer ?? null });
    given.heard(command, verdict);
    const { deployment, scope, id: commandId } = command;
    if (verdict === 'applied')
      await bringDown(given.platform(), { deployment, scope, commandId, kind: command.kind as StoppingKind });
    return { id: commandId };
  },
});
