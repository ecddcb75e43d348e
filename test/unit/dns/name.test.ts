import { describe, expect, test } from 'vitest';
import {
  canonicalName,
  isWithin,
  longestZone,
  parentName,
  parseName,
  sameName,
  showName,
} from '../../../src/dns/name.ts';

describe('names as text', () => {
  test('a final dot, case and escapes of the same name do not matter', () => {
    expect(canonicalName('WWW.Example.TEST.')).toBe('www.example.test');
    expect(sameName('a\\.b.test', 'A\\046B.test')).toBe(true);
    expect(sameName('a\\.b.test', 'a.b.test')).toBe(false);
    expect(canonicalName('.')).toBe('');
    expect(showName('')).toBe('.');
  });

  test.for([
    ['a..b', 'empty label'],
    ['.a', 'empty label'],
    ['a b', 'printable ASCII'],
    ['ü.test', 'printable ASCII'],
    ['a\\', 'ends in a backslash'],
    ['\\256', 'escape over'],
    [`${'a'.repeat(64)}.test`, 'label is longer than 63'],
    [Array.from({ length: 5 }, () => 'a'.repeat(60)).join('.'), 'name is longer than 255'],
  ] as const)('%s is refused', ([text, reason]) => {
    expect(() => parseName(text)).toThrow(reason);
  });

  test('63 octets in a label and 255 in a name are allowed', () => {
    expect(parseName('a'.repeat(63))).toHaveLength(1);
    const longest = [...Array.from({ length: 3 }, () => 'a'.repeat(63)), 'a'.repeat(61)].join('.');
    expect(parseName(longest)).toHaveLength(4);
    expect(() => parseName(`${longest}a`)).toThrow('name is longer');
  });
});

describe('names in zones', () => {
  test('label by label', () => {
    expect(isWithin('www.example.test', 'example.test')).toBe(true);
    expect(isWithin('example.test', 'Example.Test')).toBe(true);
    expect(isWithin('notexample.test', 'example.test')).toBe(false);
    expect(isWithin('www\\.example.test', 'example.test')).toBe(false);
    expect(isWithin('test', 'example.test')).toBe(false);
    expect(isWithin('anything', '')).toBe(true);
  });

  test('the longest zone wins', () => {
    expect(longestZone('a.b.test', ['test', 'b.test', 'other'])).toBe('b.test');
    expect(longestZone('a.b.test', ['b.test', 'test'])).toBe('b.test');
    expect(longestZone('a.b.test', ['c.test'])).toBeUndefined();
  });

  test('parents end at the root', () => {
    expect(parentName('a.b')).toBe('b');
    expect(parentName('b')).toBe('');
    expect(parentName('')).toBeUndefined();
  });
});
