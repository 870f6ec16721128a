import { envelopeDigest, parseEnvelope, type Envelope } from '../../audit/envelope.ts';
import { openOrder } from '../../audit/signed-order.ts';
import type { Refusal } from '../../domain/authority/context.ts';
import type { Command } from '../../domain/command.ts';
import { FAILURES, type FailureCode } from '../../domain/failure.ts';
import { deploymentId } from '../../domain/ids.ts';
import { judgeStop } from '../../domain/stop/judge.ts';
import { isStoppingKind, type StoppingKind } from '../../domain/stop/stop.ts';
import { ClientError } from '../../clients/error.ts';
import { refused } from '../boundary.ts';
import type { StopMessage } from '../contract/stop.ts';
import type { KeptFile, StopPorts } from './ports.ts';

/** A stop that may be carried out. */
export interface OpenStop {
  id: string;
  kept: KeptFile;
  envelope: Envelope;
  command: Command & { kind: StoppingKind };
  refusal?: undefined;
}

/** One that may not, as far as it could be read. */
export interface RefusedStop {
  /** Of the order when its signature counts, else made of its bytes: nobody uses up an id that is not theirs. */
  id: string;
  kept: KeptFile;
  envelope?: Envelope;
  command?: Command;
  refusal: Refusal;
}

/**
 * Verified where the platform's credential is, by the kept deployment file. When it does not verify, the file may have changed
 * since it was kept: it is fetched once more before anybody is refused, and only then.
 */
export async function openStop(ports: StopPorts, message: StopMessage, signal: AbortSignal): Promise<OpenStop | RefusedStop> {
  const { files } = ports;
  const { name } = message;
  const kept = await files.read(name);
  const first = kept && judged(kept, message);
  if (first && first.refusal === undefined) return first;
  const newer = await files.renew(name, signal);
  const answer = newer === undefined || newer === 'absent' ? first : judged(newer, message);
  if (answer) return answer;
  // Anybody may hand in anything: what is for nobody here is not tried again.
  if (newer === 'absent') throw refused('wrong_deployment', `There is no ${deploymentId(name)} here.`);
  throw new ClientError('store_unreachable', `no signed deployment file of ${deploymentId(name)} is at hand`);
}

function judged(kept: KeptFile, { envelope: text }: StopMessage): OpenStop | RefusedStop {
  const envelope = parseEnvelope(text);
  if ('problem' in envelope) return { id: 'unreadable', kept, refusal: failure('malformed_command', envelope.detail) };
  const unsigned = { id: envelopeDigest(envelope), kept, envelope };
  const { signer, command } = openOrder(envelope, kept.file) ?? {};
  if (!signer) return { ...unsigned, refusal: failure('signature_invalid') };
  if (!command) return { ...unsigned, refusal: failure('malformed_command') };
  const { id, kind } = command;
  const judgement = judgeStop(command, { file: kept.file, signer });
  if (judgement.verdict === 'refused') {
    const signed = judgement.code !== 'signature_invalid' && judgement.code !== 'unknown_person';
    return { ...unsigned, ...(signed ? { id } : {}), command, refusal: judgement };
  }
  if (!isStoppingKind(kind)) throw new Error(`${kind} was judged as a stop`);
  return { id, kept, envelope, command: { ...command, kind } };
}

const failure = (code: FailureCode, detail = ''): Refusal => ({
  verdict: 'refused',
  code,
  sentence: `${FAILURES[code].sentence} ${detail}`.trim(),
});
