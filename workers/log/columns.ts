type NumberArray = Uint8Array | Uint16Array | Uint32Array;

/** A list of small numbers that grows, at its width in bytes per number. */
export class Column {
  readonly #make: new (length: number) => NumberArray;
  #values: NumberArray;
  #length = 0;

  constructor(make: new (length: number) => NumberArray) {
    this.#make = make;
    this.#values = new make(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new this.#make(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  at(position: number): number {
    return this.#values[position] ?? 0;
  }
}

/** Gives each name a number, so that a column can hold it. */
export class Names {
  readonly #numbers = new Map<string, number>();

  number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(name, number);
    }
    return number;
  }

  /** -1 for a name that was never given a number. */
  known(name: string): number {
    return this.#numbers.get(name) ?? -1;
  }
}
