/**
 * RFC 5734 §4: each EPP message goes behind four bytes, big-endian, that count the whole frame, themselves included.
 */

const HEADER_BYTES = 4;
/** Far more than any honest EPP command; a longer announcement is an attack or no EPP at all. */
const FRAME_BYTES_MAX = 1024 * 1024;

class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function frame(xml: string): Buffer {
  const body = Buffer.from(xml, 'utf8');
  return Buffer.concat([header(body.length), body]);
}

/** The four bytes before a body of that many bytes. */
export function header(bodyBytes: number): Buffer {
  const buffer = Buffer.alloc(HEADER_BYTES);
  buffer.writeUInt32BE(bodyBytes + HEADER_BYTES);
  return buffer;
}

/** Collects what arrives and hands out whole messages. */
export class FrameReader {
  #buffered = Buffer.alloc(0);

  /** The messages complete by now. Throws `FrameError` when the announced length cannot be, or the text is no UTF-8. */
  push(chunk: Buffer): string[] {
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    const messages: string[] = [];
    while (this.#buffered.length >= HEADER_BYTES) {
      const total = this.#buffered.readUInt32BE();
      if (total <= HEADER_BYTES || total > FRAME_BYTES_MAX) {
        throw new FrameError(`a frame of ${total} bytes; 5 to ${FRAME_BYTES_MAX} would be right`);
      }
      if (this.#buffered.length < total) break;
      messages.push(text(this.#buffered.subarray(HEADER_BYTES, total)));
      this.#buffered = this.#buffered.subarray(total);
    }
    return messages;
  }
}

function text(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new FrameError('a frame that is no UTF-8', { cause: error });
  }
}
