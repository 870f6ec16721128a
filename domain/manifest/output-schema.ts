/** The part of JSON Schema in which a manifest declares what its agents answer: one object, its properties, which are required. */
export interface OutputSchema {
  type: 'object';
  properties: Record<string, PropertySchema>;
  required: string[];
}

export const PROPERTY_TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

export interface PropertySchema {
  type: PropertyType;
  description?: string;
  /** Only for `string`: the closed list of values. */
  enum?: string[];
  /** Only for `array`: the type of every element. */
  items?: { type: PropertyType };
}

/**
 * What is wrong with an output, one sentence each; empty when it matches. A property that the schema does not
 * name is wrong too: what nobody declared, nobody reviewed.
 */
export function outputMismatches(schema: OutputSchema, output: unknown): string[] {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return ['the output is not an object'];
  const wrong: string[] = [];
  for (const name of schema.required) {
    if (!Object.hasOwn(output, name)) wrong.push(`${name} is missing`);
  }
  for (const [name, value] of Object.entries(output)) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (!property) wrong.push(`${name} is not declared`);
    else if (!isOfType(property.type, value)) wrong.push(`${name} is not of type ${property.type}`);
    else wrong.push(...detailMismatches(name, property, value));
  }
  return wrong;
}

function detailMismatches(name: string, property: PropertySchema, value: unknown): string[] {
  const { items } = property;
  if (property.enum && typeof value === 'string' && !property.enum.includes(value))
    return [`${name} is none of ${property.enum.join(', ')}`];
  if (items && Array.isArray(value) && !value.every((element) => isOfType(items.type, element)))
    return [`an element of ${name} is not of type ${items.type}`];
  return [];
}

function isOfType(type: PropertyType, value: unknown): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
  }
}
