/** The four clocks of a certificate: its own end, the order's, and how long proof of control and identity hold. */
import { dayMs } from '../../core/durations.ts';
import type { CertificateDetail } from '../detail.ts';
import { html, type Content, type Html } from './html.ts';
import { day, when } from './moments.ts';

function clock(title: string, value: Content, note: Content): Html {
  return html`<li>
    <h3>${title}</h3>
    <p class="value">${value}</p>
    <p class="sub">${note}</p>
  </li>`;
}

export function clocksSection({ status, clocks, criticalAt, order }: CertificateDetail, now: Date): Html {
  const { notAfter, dueAt, emergencyAt, paidUntil } = status;
  const { provedAt, proofDays, identityDays } = clocks;
  const proofEnd = provedAt === null ? null : new Date(provedAt.getTime() + proofDays * dayMs);
  const steps: readonly (readonly [string, Date | null])[] = [
    ['due', dueAt],
    ['emergency from', emergencyAt],
    ['critical from', criticalAt],
  ];
  const known = steps.flatMap(([word, at]) => (at === null ? [] : [`${word} ${day(at)}`]));
  return html`<ul class="clocks">
    ${clock('Certificate ends', when(notAfter, now), known.length === 0 ? 'no renewal is due' : known.join(', '))}
    ${clock(
      'Order paid until',
      when(paidUntil, now),
      order.readAt === null ? 'the provider has not been asked' : `asked ${day(order.readAt)}`,
    )}
    ${clock(
      'Proof of control usable until',
      proofEnd === null ? html`<span class="none">no proof by renewd</span>` : when(proofEnd, now),
      provedAt === null
        ? `at most ${proofDays} days by the rules in force`
        : `at the latest: ${proofDays} days after the order of ${day(provedAt)}; the provider decides`,
    )}
    ${clock(
      'Vetted identity (OV, EV)',
      html`<span class="none">kept by the provider</span>`,
      `at most ${identityDays} days by the rules in force; none for DV`,
    )}
  </ul>`;
}
