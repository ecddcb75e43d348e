/** The renewal that is under way, or the last one: its states and when; and those before, with what they cost. */
import { formatMoney } from '../../core/money.ts';
import { renewalStates, terminalStates, type RenewalState } from '../../core/renewal.ts';
import type { CertificateDetail, RenewalRow } from '../detail.ts';
import { html, type Content, type Html } from './html.ts';
import { minute, relative, second, when } from './moments.ts';

/** The way without trouble; what else there is stands beside it. */
const usual: readonly RenewalState[] = [
  'planned',
  'ordering',
  'awaiting-dcv',
  'awaiting-issuance',
  'issued',
  'verified',
  'deployed',
  'served',
];
/** A redeployment begins with a verified certificate. */
const redeployed: readonly RenewalState[] = ['planned', 'verified', 'deployed', 'served'];

export interface Step {
  readonly state: RenewalState;
  /** When it was entered last; null: not yet, or it was passed over. */
  readonly at: Date | null;
  readonly place: 'passed' | 'current' | 'ahead';
}

/** States of the way, with those off the way that were met; pure. */
export function stepsOf(
  { action, state, createdAt }: RenewalRow,
  entries: CertificateDetail['steps'],
): readonly Step[] {
  const entered = new Map<RenewalState, Date>([['planned', createdAt]]);
  for (const { kind, subject, at } of entries) {
    const known = renewalStates.find((one) => one === subject);
    if (kind === 'transition' && known !== undefined) entered.set(known, at);
  }
  const way = action === 'deploy' ? redeployed : usual;
  const isOnWay = way.includes(state);
  const reached = way.filter((one) => entered.has(one));
  const here = way.indexOf(isOnWay ? state : (reached.at(-1) ?? 'planned'));
  const at = (one: RenewalState): Date | null => entered.get(one) ?? null;
  const before = way.slice(0, isOnWay ? here : here + 1);
  // What lies off the way, where it was met.
  const detours = [...entered.keys()].filter((one) => !way.includes(one) && one !== state);
  // A state without a note of its own was passed right after the one before it.
  let latest = 0;
  const keyed = before.map((one) => {
    latest = Math.max(latest, at(one)?.getTime() ?? 0);
    return { one, key: latest };
  });
  for (const one of detours) keyed.push({ one, key: at(one)?.getTime() ?? 0 });
  const passed = keyed
    .toSorted((a, b) => a.key - b.key)
    .map(({ one }): Step => ({ state: one, at: at(one), place: 'passed' }));
  const current: Step = { state, at: at(state), place: 'current' };
  const ahead = terminalStates.includes(state) ? [] : way.slice(here + 1);
  return [...passed, current, ...ahead.map((one): Step => ({ state: one, at: null, place: 'ahead' }))];
}

const placeWords = { passed: 'done: ', current: 'now: ', ahead: 'to come: ' } as const;

function stepItem({ state, at, place }: Step): Html {
  return html`<li class="${place}" ${place === 'current' && html`aria-current="step"`}>
    <span class="hidden">${placeWords[place]}</span><b>${state}</b>
    ${at !== null && html`<span class="sub">${minute(at)}</span>`}
  </li>`;
}

export function renewalSections(detail: CertificateDetail, now: Date): Content {
  const [current] = detail.renewals;
  if (current === undefined) return '';
  const open = detail.status.renewal;
  return html`<section aria-labelledby="renewal">
      <h2 id="renewal">${open === null ? 'Last renewal' : 'Renewal under way'}</h2>
      <p>
        ${current.action}, begun ${minute(current.createdAt)}: ${current.sentence}
        <span class="sub"
          >reference ${current.reference}${current.orderId !== null && `, order ${current.orderId}`}</span
        >
      </p>
      <ol class="steps">
        ${stepsOf(current, detail.steps).map(stepItem)}
      </ol>
      ${open !== null && deadlines(open, now)} ${entriesOf(detail)}
    </section>
    ${pastRenewals(detail)}`;
}

function deadlines(open: NonNullable<CertificateDetail['status']['renewal']>, now: Date): Html {
  const { nextAt, attempts, failure, waitsFor } = open;
  return html`<dl class="facts">
    <div>
      <dt>Next step</dt>
      <dd>${nextAt === null ? 'waits for a person' : when(nextAt, now)}</dd>
    </div>
    ${
      waitsFor !== null &&
      html`<div>
        <dt>Waits for a person</dt>
        <dd>${waitsFor.text} <span class="sub">since ${when(waitsFor.since, now)}</span></dd>
      </div>`
    }
    ${
      failure !== null &&
      html`<div>
        <dt>Failure</dt>
        <dd>
          ${failure.message}
          <span class="sub">${failure.code}, ${relative(failure.at, now)}, ${attempts} in a row</span>
        </dd>
      </div>`
    }
  </dl>`;
}

function entriesOf({ steps }: CertificateDetail): Content {
  if (steps.length === 0) return '';
  return html`<details>
    <summary>What was done for it (${steps.length})</summary>
    <ul class="log">
      ${steps.map(
        ({ at, subject, text }) =>
          html`<li><time datetime="${at.toISOString()}">${second(at)}</time> <b>${subject}</b> ${text}</li>`,
      )}
    </ul>
  </details>`;
}

function pastRenewals({ renewals }: CertificateDetail): Content {
  return html`<section aria-labelledby="renewals">
    <h2 id="renewals">Renewals and what they cost</h2>
    <table role="table" class="cards">
      <caption>
        The newest renewals, newest first
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Begun</th>
          <th role="columnheader" scope="col">What</th>
          <th role="columnheader" scope="col">State</th>
          <th role="columnheader" scope="col">Order</th>
          <th role="columnheader" scope="col">Price</th>
          <th role="columnheader" scope="col">Receipt</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${renewals.map(
          (one) =>
            html`<tr role="row">
              <th role="rowheader" scope="row">${minute(one.createdAt)}</th>
              <td role="cell" data-label="What">${one.action} <span class="sub">${one.sentence}</span></td>
              <td role="cell" data-label="State">
                ${one.state} <span class="sub">${minute(one.updatedAt)}</span>
              </td>
              <td role="cell" data-label="Order">
                ${one.orderId ?? '–'} <span class="sub">${one.provider}, ${one.product}</span>
              </td>
              <td role="cell" data-label="Price">${one.price === null ? '–' : formatMoney(one.price)}</td>
              <td role="cell" data-label="Receipt">${one.receipt === null ? '–' : `no. ${one.receipt}`}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
