/** What a command must repeat to be about the same deployment. */
export interface Address {
  connections?: string;
  customer?: string;
  deployment?: string;
}

/** A command as one would type it, about the deployment that this run was told to be about. */
export function golive({ options }: { options: Address }, argv: readonly string[]): string {
  const given = (name: 'connections' | 'customer' | 'deployment'): string[] => {
    const value = options[name];
    return value === undefined ? [] : [`--${name}`, value];
  };
  return ['golive', ...argv, ...given('connections'), ...given('customer'), ...given('deployment')].map(quoted).join(' ');
}

/** What a person who is waited for types: the report first, where one is asked for, then the order that names it. */
export function linesFor(
  { command, report }: { command: readonly string[]; report?: { command: readonly string[]; file: string } },
  write: (argv: readonly string[]) => string,
): string[] {
  return report === undefined ? [write(command)] : [`${write(report.command)} > ${report.file}`, write(command)];
}

/** As a shell would need it. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** Wall time as people say it. @example span(95_000) // '1 min 35 s' */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}
