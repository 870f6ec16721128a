import type { InjectOptions } from 'fastify';
import { slackSignature } from '../../../gateway/slack/signature.ts';
import { random } from '../../../scripts/generate/random.ts';

/** The same requests on every run of a seed, but for the time at which they are signed. */
export function chance(seed: number) {
  const chosen = random(seed, 'gateway');
  return { below: (n: number): number => chosen.between(0, n - 1), of: <T>(all: readonly T[]): T => chosen.pick(all) };
}
export type Chance = ReturnType<typeof chance>;

const JUNK = [
  ...[
    null,
    true,
    0,
    -1,
    1e309,
    '',
    ' ',
    'a'.repeat(5000),
    '\u0000',
    '__proto__',
    'constructor',
    '<!channel>',
    'U0FINN',
    'T0ACME',
  ],
  ...[
    [],
    {},
    [[]],
    { id: 'T0ACME' },
    { __proto__: null },
    { values: {} },
    [null],
    'sha256:' + '5'.repeat(64),
    '🙂',
    '%00',
    '../../etc',
  ],
];

/** One value somewhere in it is another, missing, or one too many. */
function spoilt(r: Chance, value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > 6 || r.below(8) === 0) return r.of(JUNK);
  if (Array.isArray(value)) {
    const at = r.below(Math.max(1, value.length));
    return r.below(6) === 0
      ? [...(value as unknown[]), ...(value as unknown[])]
      : value.map((v: unknown, i) => (i === at ? spoilt(r, v, depth + 1) : v));
  }
  const keys = Object.keys(value);
  const key = r.of(keys.length > 0 ? keys : ['x']);
  const { [key]: old, ...rest } = value as Record<string, unknown>;
  if (r.below(4) === 0)
    return r.below(2) === 0 ? rest : { ...value, [r.of(['event', 'command', 'actions', 'name', 'type'])]: r.of(JUNK) };
  return { ...rest, [key]: spoilt(r, old, depth + 1) };
}

/** Bytes that are no text, and text that is no form. */
function noise(r: Chance): Buffer {
  return Buffer.from(Array.from({ length: r.below(300) }, () => r.below(256)));
}

/** Never a deployment that there is: an order for it by somebody known would be one, and rightly handed on. */
const VALUES = ['', 'q4', ':', 'q4:', ':x', 'no-such:abc', 'Q4:abc', '{"a":1}', 'x'.repeat(3000), 'q4:a b'];
const WORDS = [
  '',
  'help',
  'status',
  'who',
  'sign',
  'hold',
  'hold x',
  'release',
  'q9 status',
  '🙂',
  'a'.repeat(3000),
  '; rm -rf /',
  'status\nwho',
];

export interface People {
  team: string;
  known: string[];
  others: string[];
  deployment: string;
}

function interaction(r: Chance, { team, known, others, deployment }: People): unknown {
  const user = { id: r.of([...known, ...others]), team_id: r.below(10) === 0 ? 'T0OTHER' : team };
  const base = { team: { id: r.below(20) === 0 ? 'T0OTHER' : team, domain: 'acme' }, user, trigger_id: `${r.below(1e9)}.1.x` };
  if (r.below(2) === 0) {
    const action_id = r.of([
      'golive.sign-approve',
      'golive.sign-reject',
      'golive.ack',
      'golive.hand-over',
      'golive.incident-ack',
      'golive.',
      'link',
      'x',
    ]);
    const action = { type: 'button', action_id, block_id: 'b', value: r.of(VALUES), action_ts: String(r.below(1e9)) };
    return { ...base, type: 'block_actions', actions: [action], channel: { id: 'C0GOLIVE' } };
  }
  const hidden = r.of([
    { deployment, cards: ['c4rd'], decision: 'approve' },
    { deployment, cards: ['c4rd'], decision: 'reject' },
    { deployment: 'no-such', cards: ['c4rd'], decision: 'approve' },
    { deployment, hold: 'hold-1' },
    {},
  ]);
  const typed = (text: string) => ({ type: 'plain_text_input', value: text });
  const values = {
    deployment: { deployment: typed(r.of([deployment, 'q3', ''])) },
    // Never the right one.
    digest: { digest: typed(r.of(['', '00000000', 'sha256:', '🙂'])) },
    reason: { reason: typed(r.of(['', 'because'])) },
  };
  const private_metadata =
    r.below(5) === 0 ? r.of(['', '{', '[]', 'null', '{"__proto__":{"cards":[]}}']) : JSON.stringify(hidden);
  const callback_id = r.of(['golive.sign', 'golive.release', 'golive.told', 'x']);
  return {
    ...base,
    type: 'view_submission',
    view: { id: `V${r.below(1e9)}`, type: 'modal', callback_id, private_metadata, state: { values } },
  };
}

function form(r: Chance, people: People): { path: string; body: Buffer } {
  if (r.below(12) === 0) return { path: r.of(['interactions', 'commands']), body: noise(r) };
  if (r.below(3) > 0) {
    const whole = interaction(r, people);
    const payload = JSON.stringify(r.below(2) === 0 ? whole : spoilt(r, whole));
    const text = r.below(15) === 0 ? payload.slice(0, r.below(payload.length)) : payload;
    return { path: 'interactions', body: Buffer.from(new URLSearchParams({ payload: text }).toString()) };
  }
  const fields: Record<string, string> = {
    ...{
      command: r.below(10) === 0 ? '/other' : '/golive',
      text: r.of(WORDS),
      team_id: r.below(20) === 0 ? 'T0OTHER' : people.team,
    },
    ...{ user_id: r.of([...people.known, ...people.others]), channel_id: 'C0GOLIVE', trigger_id: `${r.below(1e9)}.1.x` },
  };
  if (r.below(5) === 0) delete fields[r.of(Object.keys(fields))];
  return { path: 'commands', body: Buffer.from(new URLSearchParams(fields).toString()) };
}

/** What a request to Slack's routes is meant to be, before the gateway says. */
export function slackRequest(r: Chance, people: People, secret: string, nowMs: number): InjectOptions {
  const { path, body } = form(r, people);
  const ages = [0, 0, 0, 0, 0, 0, 0, 0, 301, -310, 1e6];
  const timestamp =
    r.below(25) === 0 ? r.of(['', 'soon', '-1', '1e9', '99999999999999']) : String(Math.floor(nowMs / 1000) - r.of(ages));
  const signature =
    r.below(4) === 0
      ? r.of(['', 'v0=', 'v0=00', slackSignature('', timestamp, body), slackSignature('another', timestamp, body)])
      : slackSignature(secret, timestamp, body);
  const headers: Record<string, string> = {
    'content-type': r.of([
      'application/x-www-form-urlencoded',
      'application/x-www-form-urlencoded',
      'application/json',
      'text/plain',
    ]),
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature,
  };
  if (r.below(30) === 0) delete headers[r.of(Object.keys(headers))];
  return { method: 'POST', url: `/slack/acme/${path}`, headers, payload: body };
}

const URLS = [
  '/',
  '/v1/commands',
  '/v1/commands/x',
  '/slack',
  '/slack/',
  '/slack/acme',
  '/slack/other/interactions',
  '/slack/acme/interactions/x',
  '/livez',
  '/readyz',
  '/metrics',
  '/%00',
  '/slack/acme/..%2f..',
  '/__proto__',
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'] as const;

/** Anything at all, at any address; never a whole envelope, which would rightly be passed on to whoever judges it. */
export function anyRequest(r: Chance): InjectOptions {
  const method = r.of(METHODS);
  const payload = r.of([
    noise(r),
    Buffer.from(JSON.stringify(r.of(JUNK)) ?? ''),
    Buffer.from(JSON.stringify({ envelope: r.of(JUNK) })),
    Buffer.from('{"envelope":'),
  ]);
  const type = r.of(['application/json', 'application/json; charset=latin1', 'text/plain', 'multipart/form-data', 'x', '']);
  return {
    method,
    url: r.of(URLS),
    headers: { 'content-type': type },
    ...(method === 'GET' || method === 'HEAD' ? {} : { payload }),
  };
}
