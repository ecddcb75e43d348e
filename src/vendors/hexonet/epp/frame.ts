/** Data units on a TCP connection (RFC 5734 §4): four octets with the total length, themselves included, then XML. */
import { RenewdError } from '../../../core/errors.ts';

const headerBytes = 4;

/** Octets of one data unit. No answer of this API comes near it. */
export const frameBytesMax = 1024 * 1024;

export function encodeFrame(xml: string): Buffer {
  const body = Buffer.from(xml, 'utf8');
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(body.length + headerBytes);
  return Buffer.concat([header, body]);
}

export interface FrameReader {
  /**
   * The data units that are complete with this chunk. Throws `provider-answer-too-large` for a length above the limit
   * and `provider-protocol` for one that cannot be, or text that is not UTF-8; nothing can be read after that.
   */
  push(chunk: Uint8Array): string[];
}

/** Never holds more than one data unit and one chunk. */
export function createFrameReader(): FrameReader {
  let chunks: Uint8Array[] = [];
  let held = 0;

  function wanted(): number | undefined {
    if (held < headerBytes) return undefined;
    const [first] = chunks;
    if (first === undefined || first.length < headerBytes) chunks = [Buffer.concat(chunks, held)];
    const header = chunks[0] ?? new Uint8Array(headerBytes);
    const length = new DataView(header.buffer, header.byteOffset, headerBytes).getUint32(0);
    if (length <= headerBytes)
      throw new RenewdError('provider-protocol', 'the EPP server sent an empty data unit');
    if (length > frameBytesMax) {
      const message = `the EPP server announced a data unit of ${length} octets; the limit is ${frameBytesMax}`;
      throw new RenewdError('provider-answer-too-large', message);
    }
    return length;
  }

  return {
    push(chunk) {
      chunks.push(chunk);
      held += chunk.length;
      const units: string[] = [];
      for (let length = wanted(); length !== undefined && held >= length; length = wanted()) {
        const all = Buffer.concat(chunks, held);
        units.push(decoded(all.subarray(headerBytes, length)));
        chunks = held === length ? [] : [all.subarray(length)];
        held -= length;
      }
      return units;
    },
  };
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw new RenewdError('provider-protocol', 'the EPP server sent text that is not UTF-8', {
      cause: thrown,
    });
  }
}
