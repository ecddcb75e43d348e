/** The MAC of an answer (RFC 8945 §4.3), put together by hand so that it shares nothing with the code under test. */
import { createHmac } from 'node:crypto';
import type { TsigData } from '../../../src/dns/record-data.ts';

function wireName(name: string): Buffer {
  const labels = name.toLowerCase().split('.');
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

function number(value: number, octets: number): Buffer {
  const buffer = Buffer.alloc(octets);
  buffer.writeUIntBE(value, 0, octets);
  return buffer;
}

export function answerMac(
  secret: string,
  keyName: string,
  answer: Uint8Array,
  data: TsigData,
  requestMac: Uint8Array,
): Uint8Array {
  const hash = data.algorithm.toLowerCase().replace('hmac-', '');
  const mac = createHmac(hash, Buffer.from(secret, 'base64'))
    .update(number(requestMac.length, 2))
    .update(requestMac)
    .update(answer)
    .update(wireName(keyName))
    .update(Buffer.from([0, 255, 0, 0, 0, 0]))
    .update(wireName(data.algorithm))
    .update(number(data.timeSigned, 6))
    .update(number(data.fudge, 2))
    .update(number(data.error, 2))
    .update(number(data.other.length, 2))
    .update(data.other)
    .digest();
  return Uint8Array.from(mac);
}
