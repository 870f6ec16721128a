import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../rehearsal/platform/events.ts';
import { readJournal } from '../../rehearsal/platform/journal-reader.ts';
import { random } from '../../scripts/generate/random.ts';
import { RunningPlatform } from '../rehearsal/running-platform.ts';
import { Racer, type Race } from './racer.ts';
import { inParallel } from '../../domain/in-parallel.ts';

const RACES = 1000;
/** Races beside each other; more would only wait for each other. */
const AT_ONCE = 8;
const SEED = 6;

const FORWARD: readonly string[] = ['register', 'create', 'bind', 'mint', 'smoke', 'raise'];

describe('a halt of everything, at some moment of creating, minting, smoking and ramping', () => {
  let platform: RunningPlatform;
  const races: Race[] = [];
  const events = new Map<string, JournalEvent[]>();

  beforeAll(async () => {
    platform = await RunningPlatform.start({ guests: RACES });
    const customers = Array.from({ length: RACES }, (_, n) => `guest${n + 1}`);
    const race = (customer: string) => new Racer(platform.endpoint, customer, random(SEED, customer)).run();
    races.push(...(await inParallel(customers, AT_ONCE, race)));
    for (const event of readJournal(platform.journal)) {
      const own = events.get(event.customer) ?? [];
      own.push(event);
      events.set(event.customer, own);
    }
  }, 1_200_000);
  afterAll(() => platform.stop());

  /** What was done between the fence and the order that lifted it. */
  const meanwhile = ({ customer, halt, lift }: Race): JournalEvent[] => {
    const own = events.get(customer) ?? [];
    const from = own.findIndex((e) => e.op === 'fence' && e.commandId === halt);
    const to = own.findIndex((e) => e.op === 'lift' && e.liftedBy === lift);
    expect(from).toBeGreaterThan(0);
    expect(to).toBeGreaterThan(from);
    return own.slice(from + 1, to);
  };

  it('is raced a thousand times, before, during and after each of these steps', () => {
    expect(races).toHaveLength(RACES);
    // A race that was over before the halt, or had not begun, is none.
    const caught = races.filter(({ fenced }) => fenced > 0);
    expect(caught.length).toBeGreaterThan(RACES / 2);
    expect(new Set(races.map(({ done }) => done)).size).toBeGreaterThan(12);
  });

  it('nothing is created, minted, smoked or raised after it, by the journal of the platform', () => {
    const after = races.flatMap((race) => meanwhile(race).filter(({ op }) => FORWARD.includes(op)));
    expect(after).toEqual([]);
  });

  it('every late forward write is refused as fenced', () => {
    expect(new Set(races.flatMap(({ late }) => late))).toEqual(new Set(['fenced']));
  });

  it('an agent that was stopped alone does not come back with its cohort; all others do', () => {
    const alone = races.filter((race) => race.alone !== null);
    expect(alone.length).toBeGreaterThan(RACES / 4);
    expect(new Set(alone.map(({ ownMode }) => ownMode))).toEqual(new Set(['terminated']));
    expect(new Set(races.flatMap(({ others }) => others))).toEqual(new Set(['live']));
  });
});
