/** Who reports to whom by the HRIS snapshot: null at the top, and for whom HRIS does not know. */
export type Bosses = ReadonlyMap<string, string | null>;

/** A manager, and whoever is above them, up to the top. HRIS may go round in a circle; nobody is asked twice. */
export function lineOf(bosses: Bosses, manager: string): string[] {
  const line: string[] = [];
  for (let person: string | null = manager; person !== null && !line.includes(person); person = bosses.get(person) ?? null)
    line.push(person);
  return line;
}

/** Who gets next what came to `manager` and was passed on `level` times; null: nobody is left, the Customer Lead decides. */
export const nextUp = (bosses: Bosses, { manager, level }: { manager: string; level: number }): string | null =>
  lineOf(bosses, manager)[level + 1] ?? null;
