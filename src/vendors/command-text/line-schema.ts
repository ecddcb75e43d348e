import { z } from 'zod';

/** A value of one line, because the protocol cannot carry a line break. */
export const lineSchema = z
  .string()
  .trim()
  .min(1)
  .max(250)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters');
