import { request } from 'undici';
import { z } from 'zod';
import { isFailureCode } from '../../domain/failure.ts';
import { CommandNotTaken, CommandsUnreachable, type Commands } from './port.ts';

const taken = z.object({ id: z.string() });
const problem = z.object({ code: z.string(), message: z.string() });

/** People's way in: one POST to the gateway, which relays and judges nothing. No rights on the namespace are needed. */
export function gatewayCommands({ url, timeoutMs = 10_000 }: { url: string; timeoutMs?: number }): Commands {
  const address = `${url.replace(/\/+$/, '')}/v1/commands`;

  async function post(body: string, signal: AbortSignal | undefined): Promise<{ status: number; json: unknown }> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await request(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      return { status: answer.statusCode, json: parsed(await answer.body.text()) };
    } catch (cause) {
      signal?.throwIfAborted();
      throw new CommandsUnreachable('gateway', `The gateway at ${url} does not answer: ${messageOf(cause)}`, { cause });
    }
  }

  return {
    async handIn(order, signal) {
      const { status, json } = await post(JSON.stringify(order), signal);
      const id = taken.safeParse(json);
      if (status === 202 && id.success) return { id: id.data.id };
      const said = problem.safeParse(json);
      // A proxy's page, or a 5xx, says nothing about the order; only the gateway's own words refuse it.
      if (!said.success || status >= 500 || status === 429) {
        throw new CommandsUnreachable('gateway', said.data?.message ?? `The gateway at ${url} answered with status ${status}.`);
      }
      throw new CommandNotTaken(isFailureCode(said.data.code) ? said.data.code : 'malformed_command', said.data.message);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Connection errors over two address families come as an AggregateError without a message. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
