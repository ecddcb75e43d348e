/** Logs: planted secrets must not come out, in whatever form they got in. */
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/core/certificate.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { createLogger, createScrubber, type LogLevel } from '../../../src/platform/logger.ts';

const secrets = {
  plain: 'hunter2-Planted',
  awkward: 'p"a\\s s&w=ö/r+d%',
  lines: 'two\nlines\tof it',
};
const known = Object.values(secrets);

async function setUp(pretty: boolean, level: LogLevel = 'debug') {
  const scrubber = createScrubber();
  for (const secret of known) scrubber.register(secret);
  const lines: string[] = [];
  const logger = await createLogger({ level, pretty, scrubber, write: (line) => lines.push(line) });
  return { logger, lines, scrubber };
}

/** Every way in which a secret could stand in a line. */
function forms(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
  ];
}

describe.each([false, true])('pretty: %s', (pretty) => {
  test.each(known)('%j does not come out', async (secret) => {
    const { logger, lines } = await setUp(pretty);
    const url = new URL('https://api.test/');
    url.searchParams.set('s_pw', secret);
    const cause = new Error(`login with ${secret} failed`);
    logger.info({ body: `PASSWORD=${secret}` }, 'a field');
    logger.info({ deep: { list: [{ body: JSON.stringify({ password: secret }) }] } }, 'JSON in a field');
    logger.warn({ url: url.href, other: `https://api.test/?p=${encodeURIComponent(secret)}` }, 'a URL');
    logger.error(
      {
        err: new RenewdError('provider-protocol', `answer: {"p":"${JSON.stringify(secret).slice(1, -1)}"}`, {
          cause,
        }),
      },
      'an error',
    );
    logger.error(
      { err: new RenewdError('internal', 'x', { fields: { body: secret } }) },
      'fields of an error',
    );
    logger.debug({ secret: new Secret(secret), config: { nested: new Secret(secret) } }, 'the type');
    logger.child({ provider: secret }).info({}, 'bound');
    logger.info({}, `a message with ${secret}`);
    expect(lines.length).toBeGreaterThanOrEqual(8);
    const text = lines.join('');
    for (const form of forms(secret)) expect(text).not.toContain(form);
    expect(text).toContain('[secret]');
  });

  test('the rest of the line is left as it is', async () => {
    const { logger, lines } = await setUp(pretty);
    logger.info({ certificate: 'shop' }, 'renewal begun');
    expect(lines.join('')).toContain('renewal begun');
    expect(lines.join('')).toContain('shop');
    expect(lines.join('')).not.toContain('[secret]');
  });
});

test.each(['password', 'secret', 'token', 'authorization', 'key'])(
  'a field named %s is cut, registered or not',
  async (name) => {
    const { logger, lines } = await setUp(false);
    logger.info({ [name]: 'not-registered-1' }, 'x');
    expect(lines.join('')).not.toContain('not-registered-1');
  },
);

test.each(['password', 'secret', 'token', 'authorization'])(
  'a field named %s one level down is cut too',
  async (name) => {
    const { logger, lines } = await setUp(false);
    logger.info({ headers: { [name]: 'not-registered-2' } }, 'x');
    expect(lines.join('')).not.toContain('not-registered-2');
  },
);

test('a line is JSON with a time, a level by name and the message', async () => {
  const { logger, lines } = await setUp(false);
  logger.warn({ certificate: 'shop' }, 'held up');
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    certificate: 'shop',
    msg: 'held up',
  });
  expect(lines[0]).toMatch(/\n$/);
});

test('levels below the wanted one are silent', async () => {
  const { logger, lines } = await setUp(false, 'error');
  logger.debug({}, 'a');
  logger.info({}, 'b');
  logger.warn({}, 'c');
  expect(lines).toEqual([]);
  logger.error({}, 'd');
  expect(lines).toHaveLength(1);
});

describe('the scrubber', () => {
  test('a secret that begins like another does not leave the rest of the longer one', () => {
    const scrubber = createScrubber();
    scrubber.register('abcd');
    scrubber.register('abcdefgh');
    expect(scrubber.scrub('x abcdefgh y abcd z')).toBe('x [secret] y [secret] z');
  });

  test('what is too short to be told from any text is left alone', () => {
    const scrubber = createScrubber();
    scrubber.register('abc');
    scrubber.register('');
    expect(scrubber.scrub('abc and more')).toBe('abc and more');
  });

  test('every occurrence goes', () => {
    const scrubber = createScrubber();
    scrubber.register('s3cr3t');
    expect(scrubber.scrub('s3cr3ts3cr3t')).toBe('[secret][secret]');
  });

  test('a replacement pattern is no pattern', () => {
    const scrubber = createScrubber();
    scrubber.register('$&$1.*');
    expect(scrubber.scrub('a $&$1.* b .*')).toBe('a [secret] b .*');
  });

  test('half a character is a secret like any other', () => {
    const scrubber = createScrubber();
    scrubber.register('abcd\ud800');
    expect(scrubber.scrub('x abcd\ud800 y')).toBe('x [secret] y');
  });
});
