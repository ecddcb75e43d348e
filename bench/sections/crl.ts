/**
 * Revocation lists as large as public CAs have them: how long one takes from its bytes to the answer, what that costs the
 * processor, how long it holds up everything else, and what is kept of it.
 */
import { parseCertificate } from '../../src/pki/certificate.ts';
import { checkList } from '../../src/revocation/lists.ts';
import { newCa, now } from '../../test/builders/pki.ts';
import { aCrl, crlEntry, der, extension, manyEntries } from '../../test/builders/revocation.ts';
import { counted, type Bench } from '../bench.ts';
import { median, ms } from '../report.ts';

const holdGoalMs = 50;
const listBytes = 10 * 1024 * 1024;

/** With an extension of no meaning in each, so that so many fill the list. */
function longEntries(count: number): Buffer {
  const padding = extension('1.2.3.4', Buffer.alloc(48));
  const one = crlEntry({ serial: `4a${'00'.repeat(15)}`, extensions: der(0x30, padding) });
  const all = Buffer.alloc(one.length * count, one);
  for (let index = 0; index < count; index += 1) all.writeUInt32BE(index, index * one.length + 16);
  return all;
}

export async function measureLists(bench: Bench): Promise<void> {
  const ca = await newCa('bench');
  const issuer = parseCertificate(ca.der);
  const usualBytes = manyEntries(1).length;
  const kinds = [
    { what: 'entries with extensions', rawEntries: longEntries(100_000) },
    { what: 'usual entries', rawEntries: manyEntries(Math.floor(listBytes / usualBytes)) },
  ];
  for (const { what, rawEntries } of kinds) {
    const list = aCrl(ca, { rawEntries });
    const times: number[] = [];
    const processor: number[] = [];
    const holds: number[] = [];
    let kept = 0;
    let count = 0;
    let searchMs = 0;
    for (let round = 0; round <= bench.rounds(1); round += 1) {
      bench.say(`revocation list, ${what}: round ${round}`);
      const hold = watchLoop();
      const cpu = process.cpuUsage();
      const startedAt = performance.now();
      const { entries } = await checkList(list, issuer, now);
      const tookMs = performance.now() - startedAt;
      const { user, system } = process.cpuUsage(cpu);
      const longest = hold();
      const searchedAt = performance.now();
      for (let n = 0; n < 10; n += 1) entries.find(Buffer.from(`ff${'00'.repeat(15)}`, 'hex'));
      searchMs = (performance.now() - searchedAt) / 10;
      kept = entries.bytes;
      count = entries.count;
      // The first round compiles.
      if (round === 0) continue;
      times.push(tookMs);
      processor.push((user + system) / 1000);
      holds.push(longest);
    }
    const label = `CRL of ${(list.length / 2 ** 20).toFixed(1)} MiB, ${counted(count)} ${what}`;
    const hold = Math.max(...holds);
    bench.add({
      what: `${label}: checked and read`,
      figure: ms(median(times)),
      note: `CPU ${ms(median(processor))}`,
    });
    bench.add({
      what: `${label}: longest hold of the event loop`,
      figure: ms(hold),
      goal: [`≤ ${holdGoalMs} ms`, hold <= holdGoalMs],
    });
    bench.add({
      what: `${label}: kept`,
      figure: `${(kept / 2 ** 20).toFixed(1)} MiB`,
      note: `search ${ms(searchMs)}`,
    });
  }
}

/**
 * The returned function ends it and gives the most that the main thread computed between two turns of the event loop, in
 * milliseconds of its own processor time: what else the machine does meanwhile does not count.
 */
function watchLoop(): () => number {
  const used = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let longest = 0;
  let last = used();
  let isOver = false;
  const turn = (): void => {
    const at = used();
    longest = Math.max(longest, at - last);
    last = at;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    isOver = true;
    return Math.max(longest, used() - last);
  };
}
