import { expect, test } from 'vitest';
import { permittedNames } from '../../../src/renewal/verify/permitted-names.ts';

const documented = { products: { ssl123dv: { wildcard: true, maxNames: 250 } }, reissueChangesNames: false };
const known = ['old.example.com'];

test.each([
  ['an order', 'create', 'ssl123dv', known],
  ['an order, written otherwise', 'create', 'SSL123DV', known],
  ['a renewal', 'renew', 'ssl123dv', known],
  ['a reissue, which repeats what the provider has', 'reissue', 'ssl123dv', 'any'],
  ['a product that is not in the table', 'create', 'other', 'any'],
] as const)('%s', (_, action, product, expected) => {
  expect(permittedNames({ action, product }, documented, known)).toEqual(expected);
});

test('a reissue that states its names gets these', () => {
  const capabilities = { ...documented, reissueChangesNames: true };
  expect(permittedNames({ action: 'reissue', product: 'ssl123dv' }, capabilities, known)).toEqual(known);
});

test('without a table nothing is known', () => {
  expect(permittedNames({ action: 'create', product: 'x' }, { reissueChangesNames: true }, known)).toBe(
    'any',
  );
});
