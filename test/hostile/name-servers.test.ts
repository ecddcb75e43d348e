/**
 * Name servers that lie: to the update that publishes a proof, and to the look whether it can be seen. None of them makes
 * renewd believe that a proof is in place, and the certificate beside them is served meanwhile.
 */
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { recordClasses, recordTypes } from '../../src/dns/codes.ts';
import { encodeMessage, type Message } from '../../src/dns/message.ts';
import { configSchema as rfc2136Config } from '../../src/publishers/rfc2136/config.ts';
import { sandboxTsigKey } from '../../src/sandbox/start.ts';
import { createWorld } from '../builders/world.ts';
import { zone } from '../builders/world/zones.ts';
import type { World } from '../builders/world/contract.ts';
import { answerMac } from '../unit/dns/tsig-answer.ts';
import { answerTo, replyTo, soaRecord, startFakeServer, type Handler } from '../unit/dns/fake-server.ts';
import {
  expectCleanLogs,
  filesBelow,
  good,
  march,
  marchUntilGood,
  newest,
  renewable,
  toldAbout,
} from './kit.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Time that a silent server takes is real time; a second of it is as good as a minute. */
function shortenTimers(): void {
  const real = setTimeout;
  vi.stubGlobal('setTimeout', (work: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
    real(work, ms >= 500 ? ms / 30 : ms, ...given),
  );
}

interface Liar {
  readonly name: string;
  readonly handler: Handler;
  readonly says: RegExp;
  /** Somebody has to look at key or server; otherwise it is tried again. */
  readonly blocks?: true;
}

const twisted =
  (twist: (reply: Message) => Message): Handler =>
  ({ request }) => [encodeMessage(twist(replyTo(request, {})))];

/** Header, one question and one answer whose name points to itself (RFC 1035 §4.1.4). */
const loop: Handler = ({ request }) => {
  const octets = Buffer.from(answerTo(request, {}));
  octets.writeUInt16BE(1, 6);
  const at = octets.length;
  return [Buffer.concat([octets, Buffer.from([0xc0 | (at >> 8), at & 0xff, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0])])];
};

/** Whatever is asked: these are no answers, for updates and looks alike. */
const noAnswers: readonly Liar[] = [
  { name: 'silent', handler: () => [], says: /did not answer within \d+ ms/ },
  {
    name: 'wrong-id',
    handler: twisted((reply) => ({
      ...reply,
      header: { ...reply.header, id: (reply.header.id + 1) & 0xffff },
    })),
    says: /did not answer within \d+ ms/,
  },
  {
    name: 'other-question',
    handler: twisted((reply) => ({
      ...reply,
      questions: [{ name: 'bank.test', type: recordTypes.SOA, class: recordClasses.IN }],
    })),
    says: /did not answer within \d+ ms/,
  },
  {
    name: 'asks-back',
    handler: ({ bytes }) => [bytes],
    says: /did not answer within \d+ ms/,
  },
  {
    name: 'garbage',
    handler: () => [Buffer.from('\u001b[2Jgarbage\r\n')],
    says: /did not answer within \d+ ms; something came, but:/,
  },
  { name: 'loop', handler: loop, says: /did not answer within \d+ ms; something came, but:/ },
  {
    name: 'cut',
    handler: ({ request }) => [answerTo(request, {}).subarray(0, 11)],
    says: /did not answer within \d+ ms; something came, but:/,
  },
  {
    // "Ask again over TCP", and there other people's answers, one after the other.
    name: 'endless-tcp',
    handler({ request, transport }) {
      const cut = answerTo(request, { truncated: true });
      const foreign = answerTo({ ...request, header: { ...request.header, id: request.header.id ^ 1 } }, {});
      return transport === 'udp' ? [cut] : Array.from({ length: 2000 }, () => foreign);
    },
    says: /too many|did not answer|messages/,
  },
];

/** An answer to an update, signed in some way. */
const signed =
  (secret: string, rcode = 0, laterSeconds = 0): Handler =>
  ({ request }) => {
    const tsig = request.additionals.at(-1)?.data;
    if (tsig?.kind !== 'TSIG') return [];
    const unsigned = { ...replyTo(request, { rcode }), additionals: [] };
    const data = { ...tsig, timeSigned: tsig.timeSigned + laterSeconds, other: new Uint8Array() };
    const mac = answerMac(secret, sandboxTsigKey.name, encodeMessage(unsigned), data, tsig.mac);
    const record = {
      name: sandboxTsigKey.name,
      type: recordTypes.TSIG,
      class: recordClasses.ANY,
      ttl: 0,
      data: { ...data, mac },
    };
    return [encodeMessage({ ...unsigned, additionals: [record] })];
  };

const updateLiars: readonly Liar[] = [
  ...noAnswers,
  {
    name: 'unsigned',
    handler: ({ request }) => [answerTo(request, {})],
    says: /without signing its answer; something else may have answered in its place/,
    blocks: true,
  },
  {
    name: 'other-key',
    handler: signed(Buffer.from('somebody else').toString('base64')),
    says: /is not properly signed with TSIG key .*whether the update was applied is unknown/,
    blocks: true,
  },
  {
    name: 'old-answer',
    handler: signed(sandboxTsigKey.secret, 0, -86_400),
    says: /is not properly signed|clock of this host/,
    blocks: true,
  },
  {
    name: 'refuses',
    handler: signed(sandboxTsigKey.secret, 5),
    says: /refuses to let key ".*" change .* \(REFUSED\)$/,
    blocks: true,
  },
];

const lookLiars: readonly Liar[] = [
  ...noAnswers,
  {
    name: 'knows-nothing',
    handler: ({ request }) => [answerTo(request, { authoritative: false })],
    says: /is not authoritative for the zone/,
  },
  {
    name: 'shows-nothing',
    handler: ({ request }) => [answerTo(request, { answers: [soaRecord(zone, 7)] })],
    says: /no (TXT|CNAME) record/,
  },
];

/** A certificate for each liar, whose name is a zone of the liar's own. */
async function besieged(liars: readonly Liar[], role: 'update' | 'look'): Promise<World> {
  const places = new Map<string, string>();
  for (const { name, handler } of liars) {
    const server = await startFakeServer(handler);
    onTestFinished(() => server.close());
    places.set(name, server.text);
  }
  const zoneOf = (name: string): string => `${name}.${zone}`;
  const tsig = { ...sandboxTsigKey, secret: { env: 'TSIG_SECRET' } };
  const world = await createWorld({
    adjust: (configuration) =>
      role === 'look'
        ? {
            ...configuration,
            authoritative: {
              ...configuration.authoritative,
              ...Object.fromEntries([...places].map(([name, text]) => [zoneOf(name), [text]])),
            },
          }
        : {
            ...configuration,
            publishers: [
              ...configuration.publishers,
              ...[...places].map(([name, server]) => ({
                name,
                type: 'rfc2136',
                config: rfc2136Config.parse({ server, zones: [zoneOf(name)], key: tsig, timeout: '1s' }),
              })),
            ],
          },
  });
  for (const { name } of liars) await world.seed({ name, ...renewable });
  await world.seed({ name: good, ...renewable });
  return world;
}

test('updates: whoever does not prove that it was done has not done it', async () => {
  shortenTimers();
  const world = await besieged(updateLiars, 'update');
  const before = new Map(updateLiars.map(({ name }) => [name, filesBelow(`${world.directory}/tls/${name}`)]));
  await world.configure([...updateLiars.map(({ name }) => ({ name })), { name: good }]);
  await marchUntilGood(world);
  for (const { name, says, blocks } of updateLiars) {
    await march(world, async () => ((await newest(world, name))?.failure ?? null) !== null);
    const renewal = await newest(world, name);
    expect.soft(renewal?.failure?.code, name).toBe('dcv-publish-failed');
    expect.soft(renewal?.failure?.message, name).toMatch(says);
    expect.soft(renewal?.state, name).toBe(blocks === true ? 'blocked' : 'awaiting-dcv');
    expect.soft(filesBelow(`${world.directory}/tls/${name}`), name).toEqual(before.get(name));
  }
  expect(world.sandbox.vendors.get('rrpproxy')?.simulator.invoices()).toHaveLength(updateLiars.length + 1);
  await expectCleanLogs(world);
});

test('looks: no lie is taken for the proof; the CA, which asks somebody else, may see it all the same', async () => {
  shortenTimers();
  const world = await besieged(lookLiars, 'look');
  await world.configure([...lookLiars.map(({ name }) => ({ name })), { name: good }]);
  // The same reseller and the same publisher: it waits for none of the others.
  await marchUntilGood(world);
  for (const { name, says } of lookLiars) {
    const told = async () =>
      (await toldAbout(world, name))
        .filter(({ code }) => code === 'dcv-not-visible')
        .map((one) => one.sentence);
    await march(world, async () => (await told()).length > 0);
    expect.soft((await told())[0], name).toMatch(says);
  }
  const seen = (await world.store.ledger({ limit: 1000 })).filter(({ text }) => text.includes('is visible'));
  expect(new Set(seen.map(({ certificate }) => certificate))).toEqual(new Set([good]));
  expect(world.sandbox.vendors.get('rrpproxy')?.simulator.invoices()).toHaveLength(lookLiars.length + 1);
  await expectCleanLogs(world);
});
