import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '../../domain/command.ts';
import type { EntryOf, RecordedEntry } from '../../domain/entry.ts';
import { deploymentId } from '../../domain/ids.ts';
import { isClientError } from '../error.ts';
import type { LogReader } from './reader.ts';

export type Answer = (EntryOf<'command.applied'> | EntryOf<'command.refused'>) & { index: number };

const ASK_EVERY_MS = 150;

/**
 * What became of an order, as the log has it; nothing else is an answer. Undefined when there is none within the time.
 * A log that is away for a moment has not lost the order: it is asked again.
 */
export async function answerInLog(
  log: Pick<LogReader, 'find'>,
  { command, envelopeDigest }: { command: Command; envelopeDigest: string },
  { waitMs, signal }: { waitMs: number; signal?: AbortSignal },
): Promise<Answer | undefined> {
  // An order whose signature does not verify is answered under its envelope's digest: nobody can use up another's id.
  const ids = [`${deploymentId(command)}/command/${command.id}`, `${deploymentId(command)}/command-unsigned/${envelopeDigest}`];
  const until = Date.now() + waitMs;
  for (;;) {
    const found = await firstOf(log, ids, signal);
    if (found !== undefined || Date.now() >= until) return found;
    await sleep(ASK_EVERY_MS, undefined, { signal });
  }
}

async function firstOf(
  log: Pick<LogReader, 'find'>,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Answer | undefined> {
  try {
    for (const id of ids) {
      const entry = await log.find(id, signal);
      if (isAnswer(entry)) return entry;
    }
  } catch (error) {
    if (!isClientError(error, 'recorder_unreachable')) throw error;
  }
  return undefined;
}

const isAnswer = (entry: RecordedEntry | undefined): entry is Answer =>
  entry?.kind === 'command.applied' || entry?.kind === 'command.refused';
