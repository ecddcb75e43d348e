/** Clients of a TLS server: so many full handshakes per second, each checked against the root and the name asked for. */
import { connect } from 'node:tls';

export interface HandshakePlan {
  readonly port: number;
  /** Asked for in turn by SNI. */
  readonly names: readonly string[];
  readonly rootPem: string;
  readonly perSecond: number;
  /** Ends by itself after so many. */
  readonly most: number;
}

export interface HandshakeReport {
  readonly attempted: number;
  readonly succeeded: number;
  /** One sentence each. */
  readonly failures: readonly string[];
  /** Per name the leaves seen (SHA-256, lower-case hex), in the order in which they were seen first. */
  readonly leaves: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly seconds: number;
}

export interface Handshakes {
  /** So far. */
  report(): HandshakeReport;
  /** Resolves when the last one is through. */
  stop(): Promise<HandshakeReport>;
}

const timeoutMs = 5000;
/** A generator that was held up catches up in small steps. */
const mostAtOnce = 10;

/** A whole conversation: handshake, request, answer. Resolves with the leaf's fingerprint. */
function converse(port: number, name: string, rootPem: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let fingerprint: string | undefined;
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port, servername: name, ca: rootPem });
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(new Error(`silence${fingerprint ? ' after' : ' in'} the handshake`)),
    );
    socket.once('secureConnect', () => {
      fingerprint = socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase();
      socket.write(`GET / HTTP/1.0\r\nHost: ${name}\r\n\r\n`);
    });
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.once('error', reject);
    socket.once('close', () => {
      if (fingerprint === undefined) reject(new Error('closed in the handshake'));
      else if (!answer.startsWith('HTTP/1.1 200')) reject(new Error('closed before the answer'));
      else resolve(fingerprint);
    });
  });
}

export function startHandshakes({ port, names, rootPem, perSecond, most }: HandshakePlan): Handshakes {
  const startedAt = performance.now();
  const leaves = new Map(names.map((name) => [name, new Map<string, number>()]));
  const failures: string[] = [];
  const underWay = new Set<Promise<void>>();
  let attempted = 0;
  let succeeded = 0;
  let endedAt: number | undefined;

  async function one(name: string, number: number): Promise<void> {
    try {
      const fingerprint = await converse(port, name, rootPem);
      const seen = leaves.get(name);
      seen?.set(fingerprint, (seen.get(fingerprint) ?? 0) + 1);
      succeeded += 1;
    } catch (thrown) {
      const at = ((performance.now() - startedAt) / 1000).toFixed(3);
      failures.push(
        `${number} ${name} at ${at} s: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      );
    }
  }

  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond) - attempted;
    for (let step = 0; step < Math.min(due, mostAtOnce) && attempted < most; step += 1) {
      const work = one(names[attempted % names.length] ?? '', attempted);
      attempted += 1;
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    }
  }, 1000 / perSecond);

  const report = (): HandshakeReport => ({
    attempted,
    succeeded,
    failures,
    leaves,
    seconds: ((endedAt ?? performance.now()) - startedAt) / 1000,
  });
  return {
    report,
    async stop() {
      clearInterval(timer);
      endedAt ??= performance.now();
      await Promise.all(underWay);
      return report();
    },
  };
}
