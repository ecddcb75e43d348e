/** Asks the vendor to look at the proof again, by the same or by another method. */
import { hasKind } from '../../core/errors.ts';
import { validateBody, type Validation } from './order-body.ts';
import { repeat, type Session } from './session.ts';

/**
 * The sample sends `domain`, the table of parameters does not have it: it is sent where known, and left out when the
 * request is refused with it.
 */
export async function askValidation(
  session: Session,
  id: string,
  validation: Validation,
  signal: AbortSignal,
): Promise<void> {
  const ask = (body: object): Promise<void> =>
    repeat(session, signal, () => session.client.validate(id, body, signal));
  try {
    await ask(validateBody(validation));
  } catch (thrown) {
    const refused = hasKind(thrown, 'rejected');
    if (!refused || validation.domain === undefined) throw thrown;
    const { domain: _, ...rest } = validation;
    await ask(validateBody(rest));
  }
}
