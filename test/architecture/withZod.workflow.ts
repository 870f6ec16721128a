import { z } from 'zod';

export async function withZod(): Promise<boolean> {
  return z.string().safeParse('what no workflow should load').success;
}
