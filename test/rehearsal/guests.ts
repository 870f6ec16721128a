import { afterAll, beforeAll, beforeEach } from 'vitest';
import { RunningPlatform } from './running-platform.ts';
import { Steps } from './steps.ts';

/** One platform for the tests of a file; each of them is a customer for whom nothing has happened yet. */
export function withGuests(guests: number, begin: (platform: RunningPlatform, steps: Steps) => Promise<unknown> | void): void {
  let platform: RunningPlatform;
  beforeAll(async () => {
    platform = await RunningPlatform.start({ guests });
  });
  afterAll(() => platform.stop());
  beforeEach(async () => {
    platform.nextGuest();
    await begin(platform, new Steps(platform));
  });
}
