import type { Random } from './random.ts';

const FIRST =
  'Ada Amara Aiko Ana Andre Anika Arjun Astrid Ben Bianca Carlos Chloe Dana Daniel Diego Elena Emeka Emil Esther Farah Felix Fiona Gabriel Grace Hana Hugo Ida Imran Ines Isaac Ivan Jana Jonas Julia Kai Kavya Kofi Lara Leah Leon Lin Lucia Magnus Maria Mateo Maya Mei Milan Mona Nadia Nils Nora Omar Otto Petra Priya Rafael Rosa Ruth Samir Sara Selma Simon Sofia Tariq Tessa Theo Tomas Uma Vera Victor Wei Yara Yusuf Zoe'.split(
    ' ',
  );
const LAST =
  'Abara Adler Alvarez Andersen Asante Bakker Banerjee Berg Bianchi Blum Brandt Castillo Chen Cohen Costa Demir Diaz Dubois Eriksen Fischer Fontaine Garcia Gomez Haas Haddad Hansen Hassan Herrera Hoffman Ito Ivanov Jansen Johnson Kaplan Keller Khan Kim Klein Kovacs Kumar Larsen Laurent Lehmann Lindholm Lopez Mbeki Meyer Mori Moreau Nakamura Nair Novak Nyberg Okafor Olsen Ortega Park Patel Pereira Petrov Quinn Rahman Reyes Ricci Rossi Sato Schmidt Shah Silva Singh Sokolov Tanaka Torres Tran Vance Vega Vogel Walsh Weber Wong Yamada Yilmaz Zhang Ziegler'.split(
    ' ',
  );

export interface NamedPerson {
  /** `maya-chen` */
  id: string;
  name: string;
  email: string;
}

/** Makes people whose names and addresses never repeat within a customer. */
export function personMaker(random: Random): (domain: string) => NamedPerson {
  const taken = new Map<string, number>();
  return (domain) => {
    const [first, last] = [random.pick(FIRST), random.pick(LAST)];
    const base = `${first}-${last}`.toLowerCase();
    const count = (taken.get(base) ?? 0) + 1;
    taken.set(base, count);
    const suffix = count === 1 ? '' : String(count);
    return {
      id: `${base}${suffix}`,
      name: count === 1 ? `${first} ${last}` : `${first} ${last} ${count}`,
      email: `${first}.${last}${suffix}@${domain}`.toLowerCase(),
    };
  };
}
