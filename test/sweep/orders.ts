import { envelopeText, parseEnvelope } from '../../audit/envelope.ts';
import { sha256Digest } from '../../audit/keys.ts';
import { addresseeOf } from '../../domain/stop/addressee.ts';
import { historiesOf, type RunHistory } from '../support/stack/histories.ts';
import type { TestCustomer } from '../support/stack/customer.ts';
import type { TestStack } from '../support/stack/stack.ts';

type Event = RunHistory['events'][number];
type Input = NonNullable<Event['workflowExecutionSignaledEventAttributes']>['input'];

/** Orders that Temporal accepted for the deployment, its signals and the stops, as the log keeps them. By digest, with their ids. */
async function ordersHandedIn({ client }: TestStack<string>, { name }: TestCustomer): Promise<Map<string, string>> {
  const orders = new Map<string, string>();
  const take = (input: Input): void => {
    for (const { data } of input?.payloads ?? []) {
      const { envelope } = JSON.parse(Buffer.from(data ?? '').toString('utf8')) as { envelope: string };
      const parsed = parseEnvelope(envelope);
      if (!('problem' in parsed)) orders.set(sha256Digest(envelopeText(parsed)), addresseeOf(envelope)?.id ?? '');
    }
  };
  for (const { type, events } of await historiesOf(client, name)) {
    for (const { workflowExecutionSignaledEventAttributes: signal, workflowExecutionStartedEventAttributes: start } of events) {
      if (signal?.signalName === 'command') take(signal.input);
      if (type === 'stop' && start) take(start.input);
    }
  }
  return orders;
}

/** Orders that were lost, or answered twice. One that was signed anew while nobody had answered yet is answered under its id. */
export async function unanswered(stack: TestStack<string>, customer: TestCustomer): Promise<string[]> {
  const answers = await customer.entries('command.applied', 'command.refused');
  const answered = new Set(answers.map(({ data }) => data.envelope.digest));
  const ids = answers.map((entry) => (entry.kind === 'command.applied' ? entry.data.command.id : entry.data.commandId));
  const handedIn = [...(await ordersHandedIn(stack, customer))];
  const lost = handedIn.filter(([digest, id]) => !answered.has(digest) && !ids.includes(id));
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  return [
    ...lost.map(([digest, id]) => `order ${id} (${digest}) was never answered`),
    ...twice.map((id) => `${id} was answered twice`),
  ];
}
