import { Agent, request, type Dispatcher } from 'undici';
import { ClientError, RecorderRefused } from '../error.ts';

export interface LogConnection {
  /** Undefined for 404, which is an answer here. */
  get(path: string, options?: RequestOptions): Promise<Dispatcher.ResponseData | undefined>;
  post(path: string, body: string, options?: RequestOptions): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

interface RequestOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** Between two pieces of a body; 0 for streams that may be quiet. */
  bodyTimeoutMs?: number;
}

export interface LogConnectionSettings {
  /** `http://127.0.0.1:7400` */
  url: string;
  token: string;
  /** For the answer to begin. The log itself keeps a writer waiting for 10 s at most. */
  timeoutMs?: number;
}

/** The only place that knows how the log says no. */
export function connectLog({ url, token, timeoutMs = 15_000 }: LogConnectionSettings): LogConnection {
  const dispatcher = new Agent({ connections: 32, connect: { timeout: 3_000 }, headersTimeout: timeoutMs });
  const base = url.replace(/\/+$/, '');

  async function send(method: 'GET' | 'POST', path: string, body: string | undefined, options: RequestOptions) {
    const { signal, bodyTimeoutMs = timeoutMs } = options;
    const attempt = () =>
      request(`${base}${path}`, {
        method,
        body,
        dispatcher,
        signal,
        headersTimeout: timeoutMs,
        bodyTimeout: bodyTimeoutMs,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...options.headers,
        },
      });
    try {
      const answer = await attempt().catch((error: unknown) => {
        // A kept connection may be one that the log has closed since; ids make the repetition harmless.
        if (!signal?.aborted && isClosedConnection(error)) return attempt();
        throw error;
      });
      return answer.statusCode === 200 || answer.statusCode === 304 ? answer : await refusal(answer, method, path);
    } catch (error) {
      throw unreachable(error, signal);
    }
  }

  return {
    get: (path, options = {}) => send('GET', path, undefined, options),
    async post(path, body, options = {}) {
      const answer = await send('POST', path, body, options);
      if (!answer) throw new ClientError('recorder_unreachable', `Nothing answers POST ${path} at ${base}; is this the log?`);
      return answer;
    },
    close: () => dispatcher.close(),
  };
}

const isClosedConnection = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET');

async function refusal(answer: Dispatcher.ResponseData, method: string, path: string): Promise<undefined> {
  const text = (await answer.body.text()).slice(0, 2_000);
  const status = answer.statusCode;
  if (status === 404) return undefined;
  const message = `The log answered ${method} ${path} with ${status}: ${sentenceIn(text)}`;
  const seconds = Number(answer.headers['retry-after']);
  const final = status === 400 || status === 413 || (status === 409 && !(seconds > 0));
  if (final) throw new RecorderRefused(message);
  throw new ClientError('recorder_unreachable', message, seconds > 0 ? { retryAfterMs: seconds * 1000 } : {});
}

/** What went wrong on the way; a cancelled call stays what it was, so that callers see their own cancellation. */
export function unreachable(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof ClientError || error instanceof RecorderRefused) return error;
  return new ClientError(
    'recorder_unreachable',
    `The log does not answer: ${error instanceof Error ? error.message : String(error)}`,
    {
      cause: error,
    },
  );
}

function sentenceIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? error : text;
  } catch {
    return text;
  }
}
