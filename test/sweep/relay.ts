import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { readTag, TAG, type Tag } from './tag.ts';

/** One call on its way: `send` lets it through and gives the answer, which the caller has not seen yet. */
export interface Call<Answer extends object> {
  tag: Tag;
  method: string;
  path: string;
  send: () => Promise<Answer>;
  /** The caller waits no longer. */
  gaveUp: Promise<void>;
}

/** What the caller hears: the answer; that nobody knows it (`lost`); a connection that breaks. */
export type Fate<Answer extends object> = Answer | 'lost' | 'cut';

export type Decide = <Answer extends object>(call: Call<Answer>) => Promise<Fate<Answer>>;

export interface Relay {
  endpoint: string;
  close(): Promise<void>;
}

export const closedBy = (caller: { once(event: 'close', listener: () => void): unknown }): Promise<void> =>
  new Promise((resolve) => caller.once('close', resolve));

interface HttpAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

const LOST: HttpAnswer = { status: 504, headers: { 'content-type': 'text/plain' }, body: Buffer.from('gateway timeout') };

/** Stands between the workers and one system, and asks about each call that an activity makes. All others pass. */
export async function startRelay(target: string, decide: Decide): Promise<Relay> {
  const { hostname, port } = new URL(target);
  const server = createServer((req, res) => {
    const tag = readTag(req.headers[TAG]);
    delete req.headers[TAG];
    void handle(req, res, tag).catch(() => res.destroy());
  });

  async function handle(req: IncomingMessage, res: ServerResponse, tag: Tag | undefined): Promise<void> {
    if (tag === undefined) return pass(req, res);
    const body = await read(req);
    const { method = 'GET', url: path = '/' } = req;
    const send = () => forward({ hostname, port, method, path, headers: req.headers }, body);
    const fate = await decide({ tag, method, path, send, gaveUp: closedBy(res) });
    if (fate === 'cut') return void res.destroy();
    const answer = fate === 'lost' ? LOST : fate;
    res.writeHead(answer.status, withoutLength(answer.headers));
    res.end(answer.body);
  }

  /** As it comes, for streams as well. */
  function pass(req: IncomingMessage, res: ServerResponse): void {
    const { method, url: path, headers } = req;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    req.pipe(onward);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closed(server) };
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** The body was read whole, so its length is known; the answer to HEAD keeps the one that it was given. */
const withoutLength = ({ 'transfer-encoding': _, ...headers }: IncomingMessage['headers']) => headers;

export async function read(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function forward(options: object, body: Buffer): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const onward = request({ ...options, agent: false }, (answer) => {
      read(answer).then((bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }), reject);
    });
    onward.on('error', reject);
    onward.end(body);
  });
}
