/**
 * What is spoken before TLS begins where a protocol starts in clear text. A server is asked for TLS and nothing else; its
 * words are bounded, and whatever it sent beyond its answer is refused: it could not be told from what TLS protects
 * (CVE-2011-0411, CVE-2021-23222).
 */
import { isIPv6, type Socket } from 'node:net';
import type { ProbeProtocol } from '../../core/certificate.ts';

/** RFC 5321 §4.5.3.1.5: 512; some are longer, no honest one this much. */
const lineBytesMax = 4096;
/** Greeting and capabilities of a talkative server have some twenty lines. */
const linesMax = 100;

/** What a server says, up to where it is asked for. Ends with an error when it closes or says too much. */
class Conversation {
  readonly #socket: Socket;
  #heard = Buffer.alloc(0);
  #lines = 0;
  #trouble: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', this.#hear);
    socket.on('error', this.#fail);
    socket.on('close', this.#close);
  }

  readonly #hear = (chunk: Buffer): void => {
    this.#heard = Buffer.concat([this.#heard, chunk]);
    // Read on only when what is there is used up: a flood stays in the kernel.
    this.#socket.pause();
    this.#wake();
  };

  readonly #fail = (error: Error): void => {
    this.#trouble ??= error;
    this.#wake();
  };

  readonly #close = (): void => this.#fail(new Error('the connection was closed before TLS began'));

  async #more(): Promise<void> {
    if (this.#trouble !== undefined) throw this.#trouble;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#socket.resume();
    });
  }

  /** Without its line break. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#heard.indexOf(0x0a);
      if (end >= 0 ? end > lineBytesMax : this.#heard.length > lineBytesMax)
        throw new Error(`the server sent a line of more than ${lineBytesMax} bytes`);
      if (end >= 0) {
        this.#lines += 1;
        if (this.#lines > linesMax) throw new Error(`the server sent more than ${linesMax} lines`);
        const text = this.#heard.toString('latin1', 0, end);
        this.#heard = this.#heard.subarray(end + 1);
        return text.endsWith('\r') ? text.slice(0, -1) : text;
      }
      await this.#more();
    }
  }

  async byte(): Promise<number> {
    while (this.#heard.length === 0) await this.#more();
    const [byte = 0] = this.#heard;
    this.#heard = this.#heard.subarray(1);
    return byte;
  }

  say(words: string | Uint8Array): void {
    this.#socket.write(words);
  }

  /** From here on the socket is somebody else's. */
  end(): void {
    this.#socket.off('data', this.#hear).off('error', this.#fail).off('close', this.#close);
    if (this.#trouble !== undefined) throw this.#trouble;
    if (this.#heard.length > 0) throw new Error('the server sent something between its consent and TLS');
  }
}

/** Resolves when the handshake may begin on the socket. Rejects with an error whose message says what the server did. */
export async function askForTls(protocol: ProbeProtocol, socket: Socket): Promise<void> {
  if (protocol === 'tls') return;
  const conversation = new Conversation(socket);
  await dialogues[protocol](conversation, socket);
  conversation.end();
}

const dialogues: Readonly<
  Record<Exclude<ProbeProtocol, 'tls'>, (conversation: Conversation, socket: Socket) => Promise<void>>
> = {
  /** RFC 3207. The client is named by its address (RFC 5321 §4.1.3): it need not have a name. */
  async smtp(conversation, { localAddress = '127.0.0.1' }) {
    await smtpReply(conversation, '220', 'greeting');
    const literal = isIPv6(localAddress) ? `IPv6:${localAddress}` : localAddress;
    conversation.say(`EHLO [${literal}]\r\n`);
    const offers = await smtpReply(conversation, '250', 'EHLO');
    if (!offers.some((line) => /^STARTTLS\s*$/i.test(line))) throw new Error('the server offers no STARTTLS');
    conversation.say('STARTTLS\r\n');
    await smtpReply(conversation, '220', 'STARTTLS');
  },

  /** RFC 9051 §6.2.1. */
  async imap(conversation) {
    const greeting = await conversation.line();
    if (!/^\* OK\b/i.test(greeting)) throw refused('greeting', greeting);
    conversation.say('a1 STARTTLS\r\n');
    for (;;) {
      const line = await conversation.line();
      if (line.startsWith('* ')) continue;
      if (/^a1 OK\b/i.test(line)) return;
      throw refused('STARTTLS', line);
    }
  },

  /** SSLRequest, "Message Formats" of the PostgreSQL manual: length 8, code 1234.5679. */
  async postgresql(conversation) {
    conversation.say(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
    const answer = String.fromCharCode(await conversation.byte());
    if (answer === 'S') return;
    throw answer === 'N'
      ? new Error('the server has TLS switched off')
      : new Error('the server does not answer like PostgreSQL');
  },
};

/** The lines of a reply, without code and separator. */
async function smtpReply(conversation: Conversation, code: string, step: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (;;) {
    const line = await conversation.line();
    if (!line.startsWith(code) || !/^\d{3}(?:[ -]|$)/.test(line)) throw refused(step, line);
    lines.push(line.slice(4));
    if (line[3] !== '-') return lines;
  }
}

function refused(step: string, line: string): Error {
  return new Error(`${step} was answered with "${line.slice(0, 100)}"`);
}
