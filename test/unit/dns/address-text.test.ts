import fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { expect, test } from 'vitest';
import { ipv4Octets, ipv4Text, ipv6Octets, ipv6Text } from '../../../src/dns/address-text.ts';

test('IPv6 octets survive as text that Node accepts', () => {
  const mostlyZero = fc.array(fc.oneof(fc.constant(0), fc.nat(255)), { minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(mostlyZero, (numbers) => {
      const octets = Uint8Array.from(numbers);
      const text = ipv6Text(octets);
      expect(isIPv6(text)).toBe(true);
      expect(ipv6Octets(text)).toEqual(octets);
    }),
  );
});

test.for([
  ['2001:db8::1', '2001:db8::1'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::', '::'],
  ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['0:0:1::', '0:0:1::'],
] as const)('%s is written %s', ([given, written]) => {
  expect(ipv6Text(ipv6Octets(given))).toBe(written);
});

test('IPv4', () => {
  expect(ipv4Text(ipv4Octets('192.0.2.255'))).toBe('192.0.2.255');
  expect(isIPv4(ipv4Text(Uint8Array.from([0, 0, 0, 0])))).toBe(true);
});

test('what is no address is refused', () => {
  expect(() => ipv4Octets('192.0.2')).toThrow('not an IPv4 address');
  expect(() => ipv6Octets('fe80::1%eth0')).toThrow('not an IPv6 address');
});
