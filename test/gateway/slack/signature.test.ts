import { describe, expect, it } from 'vitest';
import { Replays } from '../../../gateway/slack/replays.ts';
import { notFromSlack, slackSignature } from '../../../gateway/slack/signature.ts';

/** The example in Slack's documentation of signed requests, byte for byte. */
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const TIMESTAMP = '1531420618';
const BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const THEN = 1_531_420_618_000;

const given = { body: Buffer.from(BODY), timestamp: TIMESTAMP, signature: SIGNATURE };
const at = (
  nowMs: number,
  change: Partial<typeof given> | { signature?: undefined; timestamp?: undefined } = {},
  secret = SECRET,
) => notFromSlack(secret, { ...given, ...change }, nowMs);

describe('a request’s signature', () => {
  it('is the one that Slack’s published example has', () => {
    expect(slackSignature(SECRET, TIMESTAMP, BODY)).toBe(SIGNATURE);
    expect(at(THEN)).toBeUndefined();
  });

  it.each<[string, Partial<typeof given> | { signature?: undefined; timestamp?: undefined }]>([
    ['no signature', { signature: undefined }],
    ['an empty one', { signature: '' }],
    ['another version', { signature: SIGNATURE.replace('v0=', 'v1=') }],
    ['one digit changed', { signature: `${SIGNATURE.slice(0, -1)}4` }],
    ['one digit more', { signature: `${SIGNATURE}0` }],
    ['capital letters', { signature: SIGNATURE.toUpperCase() }],
    ['no time', { timestamp: undefined }],
    ['another time', { timestamp: '1531420619' }],
    ['a time with a sign', { timestamp: '+1531420618' }],
    ['a time that is no number', { timestamp: 'NaN' }],
    ['a body that grew', { body: Buffer.from(`${BODY}&text=more`) }],
    ['an empty body', { body: Buffer.alloc(0) }],
  ])('does not hold with %s', (_what, change) => {
    expect(at(THEN, change)).toBe('bad_signature');
  });

  it('never holds under an empty secret, though anybody could make one', () => {
    expect(at(THEN, { signature: slackSignature('', TIMESTAMP, BODY) }, '')).toBe('bad_signature');
  });

  it('holds for five minutes before and after, and no longer either way', () => {
    expect([at(THEN + 300_000), at(THEN - 300_000)]).toEqual([undefined, undefined]);
    expect(at(THEN + 301_000)).toBe('old_timestamp');
    expect(at(THEN - 301_000)).toBe('future_timestamp');
  });

  it('says nothing of the time to whoever cannot sign', () => {
    expect(at(THEN + 10 * 301_000, { signature: SIGNATURE.replace('a', 'b') })).toBe('bad_signature');
  });
});

describe('what was seen', () => {
  it('is known for ten minutes, which is longer than it can be valid in either direction', () => {
    const replays = new Replays();
    expect([replays.seen('one', THEN), replays.seen('two', THEN + 1), replays.seen('one', THEN + 599_000)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(replays.seen('one', THEN + 601_000)).toBe(false);
  });
});
