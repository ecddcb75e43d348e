/** How control of each name shall be proved: VALIDATIONn and VALIDATIONEMAILn belong to DOMAINn. */
import { Refusal } from './answers.ts';
import { isMailAddress } from './contacts.ts';
import type { Parameters } from './parameters.ts';
import type { ValidationWish } from './validation.ts';

const METHODS = ['EMAIL', 'DNSZONE', 'URL'] as const;

/** A name that says nothing is validated as before where there was a before, else by mail to the owner. */
export function validationWishes(
  parameters: Parameters,
  names: readonly string[],
  ownerEmail: string | undefined,
  earlier: readonly ValidationWish[] = [],
): ValidationWish[] {
  for (const stem of ['VALIDATION', 'VALIDATIONEMAIL']) {
    for (const index of parameters.numbered(stem).keys()) {
      if (index >= names.length) throw new Refusal(541, `${stem}${index}; there is no DOMAIN${index}`);
    }
  }
  return names.map((name, index): ValidationWish => {
    const known = earlier.find((each) => each.name === name);
    const email = parameters.text(`VALIDATIONEMAIL${index}`);
    if (email !== undefined && !isMailAddress(email)) throw new Refusal(505, `VALIDATIONEMAIL${index}`);
    return {
      name,
      method: parameters.word(`VALIDATION${index}`, METHODS) ?? known?.method ?? 'EMAIL',
      email: email ?? known?.email ?? ownerEmail,
    };
  });
}
