import type { App, Receiver } from '@slack/bolt';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SlackParts } from './call.ts';
import type { SlackCustomer } from './customer.ts';
import { parseInteraction, parseSlash, senderOf, type SlackPayload } from './payload.ts';
import { Replays } from './replays.ts';
import { notFromSlack } from './signature.ts';
import type { TurnedAway } from './turned-away.ts';

/** Slack shows the person an error after 3 s, whatever we answer then. */
const DEADLINE_MS = 2900;
/** How long what goes on after its acknowledgement is waited for when the process ends. */
const GRACE_MS = 5000;
const BODY_LIMIT = 256 * 1024;
const NOTHING = Buffer.alloc(0);

/** What Bolt's listeners are given beside the body. */
export interface Arrival {
  payload: Exclude<SlackPayload, 'nothing'>;
  /** By the clock that only goes forward. */
  arrived: number;
  /** Instead of an acknowledgement: Slack shows whoever clicked that it came to nothing. */
  fail: () => void;
}

/**
 * The one way from HTTP to Bolt's listeners. Bolt's own receiver would check the signature too, but not times to come and not
 * replays; here nothing reaches a listener that was not found to be Slack's, new, and of this workspace.
 */
export class SlackReceiver implements Receiver {
  readonly #c: SlackCustomer;
  readonly #parts: SlackParts;
  readonly #replays = new Replays();
  readonly #underWay = new Set<Promise<void>>();
  #app: App | undefined;

  constructor(c: SlackCustomer, parts: SlackParts) {
    this.#c = c;
    this.#parts = parts;
  }

  init(app: App): void {
    this.#app = app;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  /** Lets what was acknowledged be told. */
  async stop(): Promise<void> {
    const told = Promise.allSettled([...this.#underWay]);
    await Promise.race([told, new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref())]);
  }

  routes(server: FastifyInstance): void {
    const { customer } = this.#c;
    server.register(async (slack) => {
      slack.removeAllContentTypeParsers();
      slack.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) => done(null, body));
      const route = (path: string, parse: (body: Uint8Array) => SlackPayload | undefined) =>
        slack.post(`/slack/${customer}/${path}`, { bodyLimit: BODY_LIMIT }, (request, reply) =>
          this.#take(request, reply, parse),
        );
      route('interactions', parseInteraction);
      route('commands', parseSlash);
    });
  }

  async #take(
    request: FastifyRequest,
    reply: FastifyReply,
    parse: (body: Uint8Array) => SlackPayload | undefined,
  ): Promise<FastifyReply> {
    const arrived = performance.now();
    const body = Buffer.isBuffer(request.body) ? request.body : NOTHING;
    const timestamp = oneOf(request.headers['x-slack-request-timestamp']);
    const signature = oneOf(request.headers['x-slack-signature']);
    const nowMs = this.#parts.now();
    const foreign = notFromSlack(this.#c.signingSecret, { body, timestamp, signature }, nowMs);
    if (foreign !== undefined) return this.#turnAway(reply, 401, foreign);
    if (this.#replays.seen(signature ?? '', nowMs)) return this.#turnAway(reply, 401, 'replay');
    const payload = parse(body);
    if (payload === undefined) return this.#turnAway(reply, 400, 'malformed');
    if (payload === 'nothing') return reply.code(200).send();
    if (senderOf(payload).teams.some((team) => team !== this.#c.team)) return this.#turnAway(reply, 403, 'wrong_team');
    return this.#dispatch(reply, payload, arrived);
  }

  #turnAway(reply: FastifyReply, status: number, reason: TurnedAway): FastifyReply {
    this.#parts.refusals.count(reason);
    this.#parts.metrics.clicked(reason);
    return reply.code(status).send();
  }

  /** Answers what the listener acknowledges with, when it does; the listener may go on after that. */
  #dispatch(reply: FastifyReply, payload: Arrival['payload'], arrived: number): Promise<FastifyReply> {
    const { logger, metrics } = this.#parts;
    return new Promise((resolve) => {
      let answered = false;
      const answer = (status: number, content?: unknown): void => {
        if (answered) return;
        answered = true;
        clearTimeout(timer);
        resolve(reply.code(status).send(content === undefined || content === '' ? undefined : content));
      };
      const timer = setTimeout(() => {
        metrics.clicked('too_late');
        answer(504);
      }, DEADLINE_MS);
      const ack = async (content?: unknown): Promise<void> => answer(200, content);
      const arrival: Arrival = { payload, arrived, fail: () => answer(503) };
      const event = { body: payload, ack, customProperties: { arrival } };
      const done = (this.#app?.processEvent(event) ?? Promise.resolve())
        .catch((error: unknown) => logger.error({ err: error }, 'A request from Slack failed'))
        // Nobody listens to it: a button with an address, say.
        .finally(() => answer(200));
      this.#underWay.add(done);
      void done.finally(() => this.#underWay.delete(done));
    });
  }
}

const oneOf = (header: string | string[] | undefined): string | undefined => (typeof header === 'string' ? header : undefined);
