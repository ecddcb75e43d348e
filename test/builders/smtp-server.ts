/**
 * A small mail server for tests, on loopback, over real sockets: EHLO, STARTTLS, AUTH PLAIN and LOGIN, MAIL, RCPT, DATA,
 * QUIT (RFC 5321, 3207, 4954). Written from the RFCs; shares nothing with the client. Keeps what it was handed.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import { onTestFinished } from 'vitest';

export interface SmtpServerOptions {
  /** PEM; with it STARTTLS is offered, or TLS is spoken from the start. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly implicitTls?: boolean;
  /** Required before MAIL. */
  readonly login?: { readonly user: string; readonly password: string };
  /** AUTH is required, but not announced. */
  readonly hidesAuth?: boolean;
  /** Local parts that RCPT refuses. */
  readonly refuses?: readonly string[];
  /** Answers in place of the usual ones, by verb; null: none at all. */
  readonly answers?: Readonly<Record<string, string | null>>;
  /** Said instead of the greeting, again and again. */
  readonly floods?: string;
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, dots unstuffed, line ends CRLF. */
  readonly data: string;
  readonly encrypted: boolean;
  readonly user: string | null;
}

export interface SmtpServer {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Every line that a client said before it said DATA, of all sessions. */
  readonly said: readonly string[];
  /** Sessions that are open now. */
  open(): number;
}

class Session {
  #socket: Socket;
  #rest = '';
  #from = '';
  #to: string[] = [];
  #data: string[] | undefined;
  #user: string | null = null;
  #asked: ((line: string) => void) | undefined;
  #encrypted: boolean;
  readonly #options: SmtpServerOptions;
  readonly #mails: ReceivedMail[];
  readonly #said: string[];

  constructor(socket: Socket, options: SmtpServerOptions, mails: ReceivedMail[], said: string[]) {
    this.#socket = socket;
    this.#options = options;
    this.#mails = mails;
    this.#said = said;
    this.#encrypted = options.implicitTls === true;
    if (this.#encrypted) this.#secure();
    this.#listen();
    if (options.floods !== undefined) this.#flood(options.floods);
    else this.#say('220 mail.test ESMTP');
  }

  #listen(): void {
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk.toString('latin1')));
  }

  #secure(): void {
    const { key = '', cert = '' } = this.#options.tls ?? {};
    this.#socket.removeAllListeners('data');
    this.#socket = new TLSSocket(this.#socket, {
      isServer: true,
      secureContext: createSecureContext({ key, cert }),
    });
    this.#encrypted = true;
  }

  #flood(text: string): void {
    const more = (): void => {
      while (!this.#socket.destroyed && this.#socket.write(text));
    };
    this.#socket.on('drain', more);
    more();
  }

  #say(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  #take(text: string): void {
    this.#rest += text;
    for (let end = this.#rest.indexOf('\r\n'); end !== -1; end = this.#rest.indexOf('\r\n')) {
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 2);
      if (this.#data === undefined) this.#command(line);
      else this.#dataLine(line);
    }
  }

  #dataLine(line: string): void {
    if (line !== '.') {
      this.#data?.push(line.startsWith('.') ? line.slice(1) : line);
      return;
    }
    const data = `${(this.#data ?? []).join('\r\n')}\r\n`;
    this.#mails.push({
      from: this.#from,
      to: this.#to,
      data: Buffer.from(data, 'latin1').toString('utf8'),
      encrypted: this.#encrypted,
      user: this.#user,
    });
    this.#data = undefined;
    this.#to = [];
    this.#say(this.#options.answers?.['.'] ?? '250 2.0.0 queued');
  }

  #command(line: string): void {
    const answer = this.#asked;
    if (answer !== undefined) {
      this.#asked = undefined;
      answer(line);
      return;
    }
    this.#said.push(line);
    const verb = (line.split(/[ :]/, 1)[0] ?? '').toUpperCase();
    const instead = this.#options.answers?.[verb];
    if (instead === null) return;
    if (instead !== undefined) this.#say(instead);
    else this.#obey(verb, line);
  }

  #obey(verb: string, line: string): void {
    const { tls, login, hidesAuth, refuses = [] } = this.#options;
    switch (verb) {
      case 'EHLO': {
        const offers = [
          ...(tls === undefined || this.#encrypted ? [] : ['STARTTLS']),
          ...(login === undefined || hidesAuth === true ? [] : ['AUTH PLAIN LOGIN']),
          'SMTPUTF8',
        ];
        this.#say(
          [
            '250-mail.test',
            ...offers.slice(0, -1).map((offer) => `250-${offer}`),
            `250 ${offers.at(-1)}`,
          ].join('\r\n'),
        );
        return;
      }
      case 'STARTTLS':
        if (tls === undefined) return this.#say('502 5.5.1 not here');
        this.#say('220 2.0.0 go ahead');
        // RFC 3207 §4.2: what was said before does not count.
        this.#rest = '';
        this.#secure();
        this.#listen();
        return;
      case 'AUTH':
        return this.#authenticate(line.split(' '));
      case 'MAIL':
        if (login !== undefined && this.#user === null) return this.#say('530 5.7.0 authentication required');
        this.#from = /<(.*?)>/.exec(line)?.[1] ?? '';
        return this.#say('250 2.1.0 ok');
      case 'RCPT': {
        const address = /<(.*?)>/.exec(line)?.[1] ?? '';
        if (refuses.includes(address.split('@')[0] ?? '')) return this.#say('550 5.1.1 no such user');
        this.#to.push(address);
        return this.#say('250 2.1.5 ok');
      }
      case 'DATA':
        this.#data = [];
        return this.#say('354 go on');
      case 'RSET':
      case 'NOOP':
        return this.#say('250 2.0.0 ok');
      case 'QUIT':
        this.#say('221 2.0.0 bye');
        this.#socket.end();
        return;
      default:
        this.#say('500 5.5.2 what?');
    }
  }

  #authenticate([, method = '', initial]: readonly string[]): void {
    const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
    const check = (user: string, password: string): void => {
      const { login } = this.#options;
      const right = login !== undefined && user === login.user && password === login.password;
      if (right) this.#user = user;
      this.#say(right ? '235 2.7.0 welcome' : '535 5.7.8 wrong');
    };
    const plain = (text: string): void => {
      const [, user = '', password = ''] = decode(text).split('\0');
      check(user, password);
    };
    if (method.toUpperCase() === 'PLAIN') {
      if (initial !== undefined) return plain(initial);
      this.#asked = plain;
      return this.#say('334 ');
    }
    this.#asked = (user) => {
      this.#asked = (password) => check(decode(user), decode(password));
      this.#say(`334 ${Buffer.from('Password:').toString('base64')}`);
    };
    this.#say(`334 ${Buffer.from('Username:').toString('base64')}`);
  }
}

export async function startSmtpServer(options: SmtpServerOptions = {}): Promise<SmtpServer> {
  const mails: ReceivedMail[] = [];
  const said: string[] = [];
  const sockets = new Set<Socket>();
  const sessions: Session[] = [];
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    sessions.push(new Session(socket, options, mails, said));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, mails, said, open: () => sockets.size };
}
