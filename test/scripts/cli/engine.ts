import { parseEnvelope } from '../../../audit/envelope.ts';
import { sha256Digest } from '../../../audit/keys.ts';
import { openOrder } from '../../../audit/signed-order.ts';
import type { Commands } from '../../../clients/commands/port.ts';
import { judge } from '../../../domain/authority/judge.ts';
import { planHours } from '../../../domain/clock.ts';
import { commandSchema } from '../../../domain/command.schema.ts';
import { runbookCanonical } from '../../../domain/runbook/canonical.ts';
import { stateViewOf } from '../../../domain/state-view.ts';
import { evidence, SET, type World } from './world.ts';

/** The engine's end of the line: verifies, judges and records an order, as the control activities do. */
export const engineOf = (world: World): Commands => ({
  async handIn({ envelope: text }) {
    const envelope = parseEnvelope(text);
    if ('problem' in envelope) throw new Error(envelope.detail);
    const command = commandSchema.parse(JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')));
    world.handedIn.push(command);
    const { id, kind, scope, person } = command;
    if (await world.log.find(`northwind/q1/command/${id}`)) return { id };
    const view = await world.view();
    const judgement = judge(command, {
      file: world.file,
      signer: openOrder(envelope, world.file)?.signer ?? null,
      nowIso: new Date(world.nowMs).toISOString(),
      manifestSetDigest: SET,
      runbookDigest: sha256Digest(runbookCanonical()),
      planHours: planHours(view.clock, world.nowMs),
      state: stateViewOf(view, world.file, SET),
      among: view,
    });
    if (judgement.verdict === 'applied') await world.record(command);
    else {
      const { code, sentence } = judgement;
      const data = { commandId: id, kind, scope, code, sentence, envelope: evidence(4), latencyMs: 30 };
      await world.add('command.refused', data, { actor: person, id: `command/${id}` });
    }
    return { id };
  },
});
