import { z } from 'zod';
import { byKey, type IndexFile } from './index-file.ts';
import { isCanonicalKey, SET_LIMITS } from './limits.ts';

const entry = z.strictObject({
  key: z
    .string()
    .refine(isCanonicalKey, 'not a canonical key')
    .refine((key) => /^manifests\/[^/]+\.yaml$/.test(key), 'not manifests/<name>.yaml'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.number().int().min(1).max(SET_LIMITS.manifestBytes),
  agents: z.number().int().min(1),
});

export const indexFileSchema: z.ZodType<IndexFile> = z.strictObject({
  apiVersion: z.literal('golive/v1'),
  kind: z.literal('ManifestIndex'),
  // Sorted and without repetition, so that one set has one index.
  manifests: z
    .array(entry)
    .min(1)
    .max(SET_LIMITS.files)
    .refine((list) => list.every((e, i) => i === 0 || byKey(list[i - 1] ?? e, e) < 0), 'sorted by key, each key once'),
});
