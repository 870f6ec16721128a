import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  endpoint: string;
  /** What was asked, in order. */
  asked: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[];
  /** How the next ones are answered. */
  answer: (response: ServerResponse, body: string) => void;
  close: () => Promise<void>;
}

export const json = (status: number, content: unknown) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));

/** A real HTTP server that answers as a test says, rightly or wrongly. */
export async function listening(): Promise<Listening> {
  const one: Listening = { endpoint: '', asked: [], answer: json(200, {}), close: async () => undefined };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      one.asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      one.answer(response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  one.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  one.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return one;
}
