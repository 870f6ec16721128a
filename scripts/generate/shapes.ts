import { SHAPES, type Shape } from '../../domain/mode.ts';

/** Undefined: not all of them are shapes. @example shapesIn('production,coordination') // ['production', 'coordination'] */
export function shapesIn(words: string | undefined): Shape[] | undefined {
  const given = (words ?? '').split(',').flatMap((word) => word.trim() || []);
  const shapes = SHAPES.filter((shape) => given.includes(shape));
  return shapes.length === new Set(given).size ? shapes : undefined;
}
