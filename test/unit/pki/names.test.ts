import { describe, expect, test } from 'vitest';
import { covers, missingNames, normalName, sanCovers } from '../../../src/pki/names.ts';

describe('which SAN covers which name', () => {
  test.each([
    ['shop.example.com', 'shop.example.com', true],
    ['SHOP.Example.com', 'shop.example.COM', true],
    ['shop.example.com.', 'shop.example.com', true],
    ['shop.example.com', 'www.shop.example.com', false],
    ['*.example.com', 'shop.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', '.example.com', false],
    ['*.example.com', 'a.b.example.com', false],
    ['*.example.com', '*.example.com', true],
    ['*.example.com', '*.b.example.com', false],
    ['*.b.example.com', '*.example.com', false],
    ['*.example.com', '*', false],
    ['*.example.com', '*a.example.com', false],
    ['w*.example.com', 'www.example.com', false],
    ['*.*.example.com', 'a.b.example.com', false],
    ['*', 'localhost', false],
    ['*.com', 'example.com', true],
    ['example.com', 'badexample.com', false],
    ['*.example.com', 'xn--bcher-kva.example.com', true],
  ])('%s, %s: %s', (san, name, expected) => {
    expect(sanCovers(san, name)).toBe(expected);
  });

  test('any of several is enough', () => {
    expect(covers(['example.com', '*.example.com'], 'www.example.com')).toBe(true);
    expect(covers([], 'www.example.com')).toBe(false);
  });

  test('what is missing, in order', () => {
    expect(missingNames(['*.example.com'], ['a.example.com', 'example.com', 'b.a.example.com'])).toEqual([
      'example.com',
      'b.a.example.com',
    ]);
  });
});

test('a name in its normal form', () => {
  expect(normalName('Shop.Example.COM.')).toBe('shop.example.com');
  expect(normalName('shop.example.com')).toBe('shop.example.com');
});
