/**
 * One certificate on the time axis, as inline SVG: what is over, what is left, since when it is due, the emergency, and
 * how long the order is paid. Places are percents, so that it is as wide as there is room, without styles in the page.
 */
import type { CertificateStatus } from '../source.ts';
import { place, span, ticksOf, type Axis } from './axis.ts';
import { html, type Html } from './html.ts';
import { day } from './moments.ts';

type Dated = Pick<
  CertificateStatus,
  'name' | 'notBefore' | 'notAfter' | 'dueAt' | 'emergencyAt' | 'paidUntil'
>;

/** Grid and "now", once in the page; every timeline shows the same ones. */
export function gridDefinition(axis: Axis, now: Date): Html {
  const lines = ticksOf(axis).map(({ at }) => {
    const x = place(at, axis);
    return html`<line class="tick" x1="${x}%" x2="${x}%" y1="0" y2="100%" />`;
  });
  const x = place(now.getTime(), axis);
  return html`<g id="grid"> ${lines}<line class="now" x1="${x}%" x2="${x}%" y1="0" y2="100%" /> </g>`;
}

/** The labels above all timelines; read aloud nowhere, because each timeline says its dates itself. */
export function axisLabels(axis: Axis, now: Date): Html {
  const nowAt = place(now.getTime(), axis);
  const labels = ticksOf(axis).map(({ at, label }) => {
    const x = place(at, axis);
    // Nothing may be cut off at the right, or stand on top of "now": on a phone a label is 14 % wide.
    const isHidden = x > 88 || (x > nowAt - 17 && x < nowAt + 6);
    return isHidden ? '' : html`<text x="${x}%" y="12">${label}</text>`;
  });
  return html`<svg class="axis" aria-hidden="true" width="100%" height="18">
    ${labels}
    <text class="today" x="${nowAt}%" y="12">now</text>
  </svg>`;
}

/** Of different height, so that they can be told apart without their colours. */
const shapes = {
  over: { y: 7, height: 4 },
  left: { y: 4, height: 10 },
  due: { y: 6, height: 6 },
  late: { y: 2, height: 14 },
} as const;

function bar(kind: keyof typeof shapes, from: Date, to: Date, axis: Axis): Html | undefined {
  const found = span(from, to, axis);
  const { y, height } = shapes[kind];
  return (
    found &&
    html`<rect class="${kind}" x="${found.x}%" width="${found.width}%" y="${y}" height="${height}" />`
  );
}

function earlier(a: Date, b: Date): Date {
  return a.getTime() < b.getTime() ? a : b;
}

function later(a: Date, b: Date): Date {
  return a.getTime() > b.getTime() ? a : b;
}

/** A moment between two others, whatever its own value. */
function within(at: Date, from: Date, to: Date): Date {
  return earlier(later(at, from), to);
}

function bars(
  { notBefore, notAfter, dueAt, emergencyAt }: Dated,
  axis: Axis,
  now: Date,
): readonly (Html | undefined)[] {
  if (notAfter === null) return [];
  const begin = earlier(notBefore ?? now, notAfter);
  const due = within(dueAt ?? notAfter, begin, notAfter);
  const emergency = within(emergencyAt ?? notAfter, due, notAfter);
  const over = within(now, begin, due);
  return [
    bar('over', begin, over, axis),
    bar('left', over, due, axis),
    bar('due', due, emergency, axis),
    bar('late', emergency, notAfter, axis),
  ];
}

/** In words, for those who do not see it. */
export function timelineText({ notBefore, notAfter, dueAt, emergencyAt, paidUntil }: Dated): string {
  if (notAfter === null) return paidUntil === null ? 'no dates' : `order paid until ${day(paidUntil)}`;
  const parts = [`valid ${notBefore === null ? '' : `from ${day(notBefore)} `}to ${day(notAfter)}`];
  if (dueAt !== null) parts.push(`due ${day(dueAt)}`);
  if (emergencyAt !== null) parts.push(`emergency from ${day(emergencyAt)}`);
  if (paidUntil !== null) parts.push(`order paid until ${day(paidUntil)}`);
  return parts.join(', ');
}

export function timeline(status: Dated, axis: Axis, now: Date): Html {
  const { notBefore, paidUntil } = status;
  const paid = paidUntil && span(earlier(notBefore ?? now, paidUntil), paidUntil, axis);
  return html`<svg class="line" role="img" aria-label="${timelineText(status)}" width="100%" height="22">
    <use href="#grid" />
    ${bars(status, axis, now)}
    ${
      paid &&
      html`<rect class="paid" x="${paid.x}%" width="${paid.width}%" y="17" height="2" />
        <rect class="paid" x="${Math.max(0, paid.x + paid.width - 0.4)}%" width="2" y="14" height="8" />`
    }
  </svg>`;
}

/** What the colours mean. */
export function legend(): Html {
  const entries: readonly (readonly [keyof typeof shapes, string])[] = [
    ['over', 'over'],
    ['left', 'valid'],
    ['due', 'due'],
    ['late', 'emergency'],
  ];
  return html`<ul class="legend" aria-label="Timeline colours">
    ${entries.map(
      ([kind, word]) =>
        html`<li>
          <svg width="18" height="16" aria-hidden="true">
            <rect class="${kind}" width="18" y="${shapes[kind].y - 1}" height="${shapes[kind].height}" /></svg
          >${word}
        </li>`,
    )}
    <li>
      <svg width="18" height="10" aria-hidden="true">
        <rect class="paid" y="4" width="18" height="2" />
        <rect class="paid" x="16" y="1" width="2" height="8" /></svg
      >order paid
    </li>
    <li>
      <svg width="6" height="12" aria-hidden="true"><rect class="nowmark" x="2" width="2" height="12" /></svg
      >now
    </li>
  </ul>`;
}
