import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { gatewayCommands } from '../../../clients/commands/gateway.ts';
import { CommandNotTaken, CommandsUnreachable } from '../../../clients/commands/port.ts';

let server: Server | undefined;
const bodies: unknown[] = [];
afterEach(() => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))));

/** A gateway that gives one answer. */
async function answering(status: number, body: string): Promise<string> {
  bodies.length = 0;
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      bodies.push({ url: request.url, ...(JSON.parse(text) as object) });
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const order = { envelope: '{"payload":""}\n', handedInAt: '2026-03-10T08:00:00.000Z' };

describe('an order handed in at the gateway', () => {
  it('is on its way when the gateway says so', async () => {
    const url = await answering(202, '{"id":"order-1"}');
    expect(await gatewayCommands({ url }).handIn(order)).toEqual({ id: 'order-1' });
    expect(bodies).toEqual([{ url: '/v1/commands', ...order }]);
  });

  it.each([
    [400, '{"code":"malformed_command","message":"no envelope"}', 'malformed_command'],
    [404, '{"code":"wrong_deployment","message":"no such deployment"}', 'wrong_deployment'],
    [400, '{"code":"whatever","message":"no"}', 'malformed_command'],
  ])('is not taken: %i %s', async (status, body, code) => {
    const url = await answering(status, body);
    const error = await gatewayCommands({ url })
      .handIn(order)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CommandNotTaken);
    expect(error).toMatchObject({ code });
  });

  it.each([
    [503, '{"code":"unavailable","message":"Temporal does not answer"}'],
    [502, '<html>bad gateway</html>'],
    [404, 'not found'],
    [202, '{}'],
  ])('may be handed in again: %i %s', async (status, body) => {
    const url = await answering(status, body);
    await expect(gatewayCommands({ url }).handIn(order)).rejects.toBeInstanceOf(CommandsUnreachable);
  });

  it('may be handed in again when nobody answers, in time or at all', async () => {
    await expect(gatewayCommands({ url: 'http://127.0.0.1:1' }).handIn(order)).rejects.toBeInstanceOf(CommandsUnreachable);
    const url = await answering(202, '{"id":"x"}');
    const cancelled = AbortSignal.abort(new Error('enough'));
    await expect(gatewayCommands({ url }).handIn(order, cancelled)).rejects.toThrow('enough');
  });
});
