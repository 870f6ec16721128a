import type { ContactHours } from './deployment-file.ts';

/**
 * Whether somebody can be reached at a moment, by the clock of where they are. Missing: around the clock.
 * @example isReachable({ zone: 'Europe/Berlin', from: '22:00', to: '06:00' }, at) // over midnight
 */
export function isReachable(hours: ContactHours | undefined, atMs: number): boolean {
  if (hours === undefined) return true;
  const now = minutes(localTime(hours.zone, atMs));
  const [from, to] = [minutes(hours.from), minutes(hours.to)];
  if (from === to) return true;
  return from < to ? now >= from && now < to : now >= from || now < to;
}

const localTime = (zone: string, atMs: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(atMs);

const minutes = (time: string): number => {
  const [hour = '0', minute = '0'] = time.split(':');
  return Number(hour) * 60 + Number(minute);
};
