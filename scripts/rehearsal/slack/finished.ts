import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewEntry, RecordedEntry } from '../../../domain/entry.ts';
import { readCopy } from '../../cli/audit/copy-reader.ts';
import { checkSlack, type SlackCheck } from './check.ts';
import type { Delivery, SlackMessage } from './control.ts';

/** The same look at what happened in Slack, from what a rehearsal left behind: its folder, and the log as it lies there. */
export async function checkFinished(dir: string): Promise<SlackCheck> {
  const read = async <T>(file: string): Promise<T> => JSON.parse(await readFile(join(dir, file), 'utf8')) as T;
  const { entries: leaves } = await readCopy(join(dir, 'audit'));
  const entries = leaves.map((bytes, index): RecordedEntry => ({ index, ...(JSON.parse(bytes.toString('utf8')) as NewEntry) }));
  const { deployment } = await read<{ deployment: { id: string } }>('report.json');
  return checkSlack({
    deployment: deployment.id.slice(deployment.id.indexOf('/') + 1),
    deliveries: await read<Delivery[]>('slack/deliveries.json'),
    messages: await read<SlackMessage[]>('slack/messages.json'),
    entries,
  });
}
