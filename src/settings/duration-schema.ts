/** Durations in the configuration: human text in ("30d", "1h30m", units ms, s, m, h, d, w), milliseconds out. */
import { z } from 'zod';
import { parseDuration } from '../core/durations.ts';

const durationHint = 'a number with a unit, e.g. "30s", "1h30m" or "14d" (units ms, s, m, h, d, w)';

export const durationSchema = z
  .string({ error: `must be a duration: ${durationHint}` })
  .meta({ title: 'duration', examples: ['30s', '1h30m', '14d'] })
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    context.addIssue({ code: 'custom', message: `must be a duration: ${durationHint}`, input: text });
    return z.NEVER;
  });
