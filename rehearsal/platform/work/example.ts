/** As much of JSON Schema as a manifest's output schema may use. */
interface Property {
  type?: string;
  enum?: unknown[];
  items?: Property;
}
type Schema = Record<string, unknown>;
type Output = Record<string, unknown>;

const propertiesOf = (schema: Schema): [string, Property][] => {
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null ? Object.entries(properties as Record<string, Property>) : [];
};

/** What an agent that keeps to its manifest answers to the example request. */
export function exampleOutput(schema: Schema): Output {
  return Object.fromEntries(propertiesOf(schema).map(([name, property]) => [name, valueFor(name, property)]));
}

/** The same with one thing wrong: a required property is missing, or a property too many stands there. */
export function mismatch(schema: Schema): Output {
  const output = exampleOutput(schema);
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const missing = required[0];
  if (missing === undefined) return { ...output, unexpected: null };
  return Object.fromEntries(Object.entries(output).filter(([name]) => name !== missing));
}

function valueFor(name: string, property: Property): unknown {
  if (property.enum !== undefined && property.enum.length > 0) return property.enum[0];
  switch (property.type) {
    case 'number':
      return 0.5;
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    case 'array':
      return [valueFor(name, property.items ?? { type: 'string' })];
    case 'object':
      return {};
    case 'null':
      return null;
    default:
      return `example of ${name}`;
  }
}
