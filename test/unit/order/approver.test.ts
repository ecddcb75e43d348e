/** E-mail validation: the address is settled before anything is paid. */
import { expect, test } from 'vitest';
import type { OrderRequest } from '../../../src/contracts/order.ts';
import type { Provider } from '../../../src/contracts/provider.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { checkApprover } from '../../../src/renewal/order/approver.ts';
import { orderRequest } from '../../../src/renewal/order/request.ts';
import { aManagedCertificate, someCapabilities } from '../../builders/managed.ts';
import { aProvider } from '../../builders/stage.ts';
import { aRenewal } from '../../builders/store-records.ts';

const never = new AbortController().signal;
const base = orderRequest(aRenewal({ csrPem: 'CSR' }), aManagedCertificate());
const offers =
  (...addresses: readonly string[]): NonNullable<Provider['approvers']> =>
  () =>
    Promise.resolve(addresses);

interface Row {
  readonly title: string;
  readonly request?: Partial<OrderRequest>;
  readonly approver?: string;
  readonly offered?: readonly string[];
  readonly keeps?: boolean;
  readonly refusal?: RegExp;
}

const rows: readonly Row[] = [
  {
    title: 'among those offered, capitals aside',
    approver: 'Admin@a.test',
    offered: ['x@a.test', 'admin@a.test'],
  },
  {
    title: 'not among them',
    approver: 'me@a.test',
    offered: ['x@a.test', 'y@a.test'],
    refusal: /me@a\.test is not among those offered .*choose one of x@a\.test, y@a\.test/,
  },
  { title: 'none named', offered: ['x@a.test'], refusal: /no address is named .*choose one of x@a\.test/ },
  { title: 'none named, none offered', offered: [], refusal: /the provider offers none/ },
  { title: 'none offered: the inventory is believed', approver: 'me@a.test', offered: [] },
  { title: 'no list at this provider' },
  {
    title: 'a reissue stays with its address',
    request: { action: 'reissue' },
    keeps: true,
    offered: ['x@a.test'],
  },
  {
    title: 'a reissue with another address',
    request: { action: 'reissue' },
    keeps: true,
    approver: 'me@a.test',
    offered: ['x@a.test'],
    refusal: /not among/,
  },
  {
    title: 'a renewal asks again',
    request: { action: 'renew' },
    keeps: true,
    offered: ['x@a.test'],
    refusal: /none|no address/,
  },
];

test.each(rows)('$title', async ({ request, approver, offered, keeps = false, refusal }) => {
  const provider = aProvider(offered === undefined ? {} : { approvers: offers(...offered) });
  const capabilities = someCapabilities({ reissueKeepsDcvMethod: keeps });
  const dcv = { method: 'email', record: 'txt', ...(approver === undefined ? {} : { approver }) } as const;
  const handle = { provider, capabilities, spend: {}, lostAnswerGraceMs: 0 };
  const said = await checkApprover(handle, { ...base, ...request, dcv }, never).then(
    () => 'fine',
    (thrown: unknown) =>
      thrown instanceof RenewdError ? `${thrown.code}: ${thrown.message}` : String(thrown),
  );
  expect(said).toMatch(refusal === undefined ? /^fine$/ : refusal);
  expect(said).toMatch(/^(fine$|approver-unknown: )/);
});

test('other methods ask nobody', async () => {
  const provider = aProvider({ approvers: () => Promise.reject(new Error('asked')) });
  const handle = { provider, capabilities: someCapabilities(), spend: {}, lostAnswerGraceMs: 0 };
  await expect(checkApprover(handle, base, never)).resolves.toBeUndefined();
});
