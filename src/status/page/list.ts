/** All certificates: problems first, on one time axis; with what was spent, and how the providers behave. */
import type { CertificateStatus, Health, SpendingStatus } from '../source.ts';
import { formatDuration } from '../../core/durations.ts';
import { conditionOf } from '../../notices/conditions.ts';
import { axisFor, type Axis } from './axis.ts';
import { html, type Content, type Html } from './html.ts';
import { badge, page } from './layout.ts';
import { day, minute } from './moments.ts';
import { providersSection } from './providers.ts';
import { detailAddress, listAddress, type ListQuery } from './query.ts';
import { select, type Row, type Selection } from './rows.ts';
import { axisLabels, gridDefinition, legend, timeline } from './timeline.ts';

export interface ListFacts {
  readonly rows: readonly Row[];
  readonly spending: readonly SpendingStatus[];
  readonly health: Health;
  /** Open renewals whose certificate has left the inventory. */
  readonly orphans: readonly { readonly certificate: string; readonly state: string }[];
}

export function listPage(facts: ListFacts, query: ListQuery): Html {
  const { rows, spending, health, orphans } = facts;
  const { now } = health;
  const selection = select(rows, query);
  const axis = axisFor(selection.wanted, now);
  return page({
    title: selection.problems > 0 ? `${selection.problems} problem(s)` : 'Certificates',
    health,
    refresh: { on: query.refreshes, other: listAddress({ ...query, refreshes: !query.refreshes }) },
    definitions: gridDefinition(axis, now),
    main: html`<h1>Certificates</h1>
      ${chips(selection, query)}${searchForm(query)}
      ${
        selection.rows.length === 0
          ? emptyText(rows.length === 0, query)
          : html`${legend()}${table(selection, query, axis, now)}${pager(selection, query)}`
      }
      ${orphansSection(orphans)}${providersSection(rows, spending)}`,
  });
}

/** How many there are in each state, as links to them. */
function chips({ found, problems, counts }: Selection, query: ListQuery): Html {
  const chip = (state: string, word: string, count: number, style: string): Html => {
    const isCurrent = query.state === state;
    const shape =
      style === '' ? '' : html`<svg class="shape" aria-hidden="true"><use href="#${style}" /></svg>`;
    return html`<li>
      <a class="chip ${style}" href="${listAddress({ ...query, state, page: 1 })}" ${current(isCurrent)}
        >${shape}${word} <b>${count}</b></a
      >
    </li>`;
  };
  return html`<nav aria-label="By state">
    <ul class="chips">
      ${chip('', 'All', found, '')}
      ${problems > 0 || query.state === 'problem' ? chip('problem', 'Problems', problems, 'bad') : ''}
      ${counts.map(({ word, style, count }) => chip(word, word, count, style))}
    </ul>
  </nav>`;
}

function current(is: boolean): Content {
  return is && html`aria-current="true"`;
}

function searchForm(query: ListQuery): Html {
  const hidden = (name: string, value: string): Content =>
    value !== '' && html`<input type="hidden" name="${name}" value="${value}" />`;
  const option = (value: string, text: string): Html =>
    html`<option value="${value}" ${query.order === value && html`selected`}>${text}</option>`;
  return html`<form class="search" action="/" method="get" role="search">
    ${hidden('state', query.state)}${hidden('refresh', query.refreshes ? '' : 'off')}
    <span class="field wide">
      <label for="q">Search</label>
      <input id="q" type="search" name="q" value="${query.search}" maxlength="200" autocomplete="off" />
    </span>
    <span class="field">
      <label for="order">Order</label>
      <select id="order" name="order">
        ${option('urgency', 'problems first')}${option('end', 'by end')}${option('name', 'by name')}
      </select>
    </span>
    <button>Show</button>
    ${
      (query.search !== '' || query.state !== '') &&
      html`<a href="${listAddress({ ...query, search: '', state: '', page: 1 })}">Show all</a>`
    }
  </form>`;
}

function emptyText(isInventoryEmpty: boolean, query: ListQuery): Html {
  if (isInventoryEmpty)
    return html`<p class="empty">The inventory has no certificate, or the first look is still under way.</p>`;
  return html`<p class="empty">
    No certificate ${query.search !== '' && html`that fits “${query.search}”`}
    ${query.state !== '' && html`in the state “${query.state}”`}.
    <a href="${listAddress({ ...query, search: '', state: '', page: 1 })}">Show all</a>
  </p>`;
}

function table({ rows }: Selection, query: ListQuery, axis: Axis, now: Date): Html {
  // Roles are said again because on narrow screens the rows are shown as cards, which would take them away.
  return html`<table role="table" class="list">
    <caption>
      Certificates, their dates and what happens next
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Certificate</th>
        <th role="columnheader" scope="col">State</th>
        <th role="columnheader" scope="col">Left</th>
        <th role="columnheader" scope="col" class="axiscell">
          <span class="hidden">Timeline</span>${axisLabels(axis, now)}
        </th>
        <th role="columnheader" scope="col">Next</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map((row) => listRow(row, query, axis, now))}
    </tbody>
  </table>`;
}

function listRow({ status, state, group }: Row, query: ListQuery, axis: Axis, now: Date): Html {
  const { name, names, provider, product, notAfter, slackMs } = status;
  const others = names.length > 1 ? ` +${names.length - 1}` : '';
  return html`<tr role="row" class="${group}">
    <th role="rowheader" scope="row">
      <a href="${detailAddress(name, { before: null, refreshes: query.refreshes })}">${name}</a>
      <span class="sub">${names[0]}${others} · ${provider}, ${product}</span>
    </th>
    <td role="cell">${badge(state)}</td>
    <td role="cell" class="left">
      ${
        slackMs === null || notAfter === null
          ? html`<span class="none">no certificate</span>`
          : slackMs > 0
            ? html`<b>${formatDuration(slackMs)}</b> <span class="sub">${day(notAfter)}</span>`
            : html`<b>ended</b> <span class="sub">${formatDuration(-slackMs)} ago</span>
                <span class="sub">${day(notAfter)}</span>`
      }
    </td>
    <td role="cell" class="linecell">${timeline(status, axis, now)}</td>
    <td role="cell" class="next">${nextOf(status, now)}</td>
  </tr>`;
}

/** What happens next and why; first of all what somebody can do something about. */
export function nextOf(status: CertificateStatus, now: Date): Html {
  const { decision, renewal, compromise } = status;
  const waits = renewal?.waitsFor ?? null;
  const byHand = compromise?.toRevoke.find(({ needsPerson }) => needsPerson)?.detail ?? null;
  const sentence =
    waits !== null
      ? `waits for a person since ${minute(waits.since)}: ${waits.text}`
      : byHand !== null && decision.action === 'none'
        ? byHand
        : decision.sentence;
  const unsaid = conditionOf(status, now).troubles.filter(({ why }) => !sentence.includes(why));
  return html`${unsaid.map(({ cause, why }) => html`<span class="failure">${why} <code>${cause}</code></span>`)}
  ${sentence} ${decision.reason !== 'healthy' && html`<code>${decision.reason}</code>`}`;
}

function pager({ page: at, pages, from, rows, wanted }: Selection, query: ListQuery): Html {
  const to = (target: number, text: string, rel: string): Content =>
    target >= 1 &&
    target <= pages &&
    html`<a rel="${rel}" href="${listAddress({ ...query, page: target })}">${text}</a>`;
  return html`<nav class="pager" aria-label="Pages">
    <span>${from + 1}–${from + rows.length} of ${wanted.length}</span>
    ${pages > 1 && html`${to(at - 1, 'Previous', 'prev')} <span>page ${at} of ${pages}</span> ${to(at + 1, 'Next', 'next')}`}
  </nav>`;
}

const orphansShown = 20;

function orphansSection(orphans: ListFacts['orphans']): Content {
  if (orphans.length === 0) return '';
  return html`<section aria-labelledby="orphans">
    <h2 id="orphans">Renewals without an inventory entry</h2>
    <p>
      An order exists, and its certificate has left the inventory: put the entry back, or end the order at the
      provider.
    </p>
    <ul>
      ${orphans.slice(0, orphansShown).map(({ certificate, state }) => html`<li>${certificate}: ${state}</li>`)}
      ${orphans.length > orphansShown && html`<li>and ${orphans.length - orphansShown} more</li>`}
    </ul>
  </section>`;
}
