import {
  connect,
  createServer,
  type Http2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { closedBy, read, type Decide, type Relay } from './relay.ts';
import { readTag, TAG } from './tag.ts';

interface GrpcAnswer {
  headers: OutgoingHttpHeaders;
  body: Buffer;
  /** Missing when the headers say it all. */
  trailers?: OutgoingHttpHeaders;
}

/** A proxy in between that knows no more. */
const LOST: GrpcAnswer = {
  headers: { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '14', 'grpc-message': 'no answer' },
  body: Buffer.alloc(0),
};

/** The same for Temporal's frontend: unary gRPC over cleartext HTTP/2. */
export async function startGrpcRelay(target: string, decide: Decide): Promise<Relay> {
  const sessions = new Set<Http2Session>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined).on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    void handle(stream, headers).catch(() => stream.destroy());
  });

  async function handle(stream: ServerHttp2Stream, { [TAG]: said, ...headers }: IncomingHttpHeaders): Promise<void> {
    const body = await read(stream);
    const send = () => forward(target, headers, body);
    const tag = readTag(said);
    const path = headers[':path'] ?? '';
    const fate = tag === undefined ? await send() : await decide({ tag, method: 'gRPC', path, send, gaveUp: closedBy(stream) });
    // All of its calls hear of a connection that breaks.
    if (fate === 'cut') return stream.session?.destroy();
    const { headers: answered, body: bytes, trailers } = fate === 'lost' ? LOST : fate;
    if (trailers === undefined) return stream.respond(answered, { endStream: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.respond(answered, { waitForTrailers: true });
    stream.end(bytes);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        for (const session of sessions) session.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Over a connection of its own: Temporal takes each away after some minutes. */
function forward(target: string, headers: IncomingHttpHeaders, body: Buffer): Promise<GrpcAnswer> {
  const onward = connect(`http://${target}`);
  const answer = new Promise<GrpcAnswer>((resolve, reject) => {
    onward.on('error', reject);
    const stream = onward.request(headers);
    let answered: OutgoingHttpHeaders = {};
    let trailers: OutgoingHttpHeaders | undefined;
    stream.on('response', (given) => (answered = given));
    stream.on('trailers', (given: IncomingHttpHeaders) => (trailers = given));
    stream.on('error', reject);
    read(stream).then((bytes) => resolve({ headers: answered, body: bytes, ...(trailers ? { trailers } : {}) }), reject);
    stream.end(body);
  });
  return answer.finally(() => onward.close());
}
