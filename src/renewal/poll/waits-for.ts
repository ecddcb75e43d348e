/** Does the order wait for a person outside, and since when? Pure. */
import type { OrderReading } from '../../contracts/order.ts';
import type { Renewal, WaitForPerson } from '../../core/renewal.ts';

/** The moment stays as long as the wait does, whatever words the provider finds for it. */
export function waitAfter(renewal: Renewal, reading: OrderReading, now: Date): WaitForPerson | null {
  const text = reading.status === 'pending' ? (reading.waitsForPerson ?? mailSent(reading)) : undefined;
  if (text === undefined) return null;
  return { text, since: renewal.waitsFor?.since ?? now };
}

function mailSent({ challenges }: OrderReading): string | undefined {
  const mails = challenges.filter(({ kind }) => kind === 'email');
  if (mails.length === 0) return undefined;
  const addresses = [...new Set(mails.flatMap((one) => (one.kind === 'email' ? one.addresses : [])))];
  const names = mails.map(({ identifier }) => identifier);
  const to = addresses.length === 0 ? 'an approver' : addresses.slice(0, 5).join(', ');
  return `mail went to ${to}; its link has to be followed for ${names.slice(0, 5).join(', ')}`;
}
