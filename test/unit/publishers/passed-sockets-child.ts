/** A process that is handed a listening socket as descriptor 3, and makes and closes responders on it as it is told. */
import { createInterface } from 'node:readline';
import { readPassedSockets } from '../../../src/platform/passed-sockets.ts';
import { createResponder, type Responder } from '../../../src/publishers/responder/publisher.ts';
import { keepingLogger } from './silent-logger.ts';

const { env, pid, stdin, stdout } = process;
const passedSockets = readPassedSockets({ ...env, LISTEN_PID: String(pid) }, pid);
const responders = new Map<string, Responder>();
const { signal } = new AbortController();

/** "open PUBLISHER SOCKET CONTENT" with "-" for any socket, or "close PUBLISHER". */
async function obey(line: string): Promise<string> {
  const [verb, publisher = '', socket = '', content = ''] = line.split(' ');
  if (verb === 'close') {
    await responders.get(publisher)?.close();
    return 'closed';
  }
  const responder = await createResponder(
    publisher,
    { listen: { passed: socket === '-' ? null : socket }, hosts: [] },
    { logger: keepingLogger(), passedSockets },
  );
  responders.set(publisher, responder);
  await responder.publish({ host: 'www.example.test', path: '/proof.txt', content }, signal);
  return `port ${responder.port}`;
}

for await (const line of createInterface({ input: stdin })) {
  const said = await obey(line).catch((thrown: unknown) =>
    thrown instanceof Error ? thrown.message : 'it was no error',
  );
  stdout.write(`${said}\n`);
}
