/** `renewd init`: asks, looks around, and writes a first configuration with a proposed inventory. */
import { dirname, join, resolve } from 'node:path';
import { dcvMethods, type DcvMethod } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import { merged, type Found, type Survey } from '../init/found.ts';
import { readHost, readHosts, surveyHosts } from '../init/hosts.ts';
import { surveyDirectory } from '../init/pairs.ts';
import { propose, type Answers } from '../init/proposal.ts';
import { serverUses } from '../init/servers.ts';
import {
  accountName,
  changeMe,
  inventoryText,
  mainText,
  providerTypes,
  secretFile,
  takeOverText,
} from '../init/text.ts';
import { writeFile, type NewFile } from '../init/write.ts';
import { nearest } from '../settings/suggest.ts';
import type { CliContext, Command, InitTools } from './context.ts';
import { exitCodes } from './exit-codes.ts';

const certbotTree = '/etc/letsencrypt/live';
const hostListBytesMax = 1024 * 1024;
const refusedShown = 50;

const productByType: Readonly<Record<string, string>> = {
  rrpproxy: 'ssl123dv',
  'rrpproxy-v1': 'SSL123',
  hexonet: 'COMODO_ESSENTIALSSL',
  internetx: 'SSL123',
};

function usage(message: string): RenewdError {
  return new RenewdError('usage', message);
}

/** The option where it was given, else what a person at a terminal answers, else the default. */
async function answer(
  { options, ask }: CliContext,
  flag: string,
  question: string,
  otherwise: string,
): Promise<string> {
  const given = options[flag];
  if (typeof given === 'string') return given;
  if (ask === undefined || options['yes'] === true) return otherwise;
  return ask(question, otherwise);
}

function methodOf(text: string): DcvMethod | undefined {
  if (text === '' || text === 'auto') return undefined;
  const found = dcvMethods.find((one) => one === text);
  if (found === undefined)
    throw usage(`"${text}" is no way to prove control; there is ${dcvMethods.join(', ')}`);
  return found;
}

async function answersOf(context: CliContext, tools: InitTools): Promise<Answers> {
  const { options } = context;
  const text = (flag: string, otherwise: string): string => {
    const given = options[flag];
    return typeof given === 'string' ? given : otherwise;
  };
  const provider = await answer(context, 'provider', `Reseller (${providerTypes.join(', ')})`, 'rrpproxy');
  if (tools.capabilities(provider) === undefined) {
    const near = nearest(provider, providerTypes);
    throw usage(
      `there is no provider of type "${provider}"${near === undefined ? `; there is ${providerTypes.join(', ')}` : `; did you mean "${near}"?`}`,
    );
  }
  const login = await answer(context, 'login', 'Account name there (no secret is asked for)', changeMe);
  const product = await answer(
    context,
    'product',
    'Product for certificates of one name',
    productByType[provider] ?? changeMe,
  );
  const dcv = methodOf(
    await answer(
      context,
      'dcv',
      'Prove control by dns, file or email (auto: as now, else by file, wildcards by dns)',
      'auto',
    ),
  );
  const webroot =
    dcv === undefined || dcv === 'file'
      ? await answer(
          context,
          'webroot',
          'Directory that the web server serves over plain HTTP',
          '/var/www/html',
        )
      : text('webroot', '/var/www/html');
  const nameServer =
    dcv === 'dns'
      ? await answer(context, 'nameserver', 'Name server that takes DNS updates', '127.0.0.1')
      : text('nameserver', '127.0.0.1');
  const approver =
    dcv === 'email'
      ? await answer(context, 'approver', 'Address that is asked', 'hostmaster@example.com')
      : '';
  if (!webroot.startsWith('/')) throw usage(`--webroot "${webroot}" is no absolute path`);
  return { provider, login, product, dcv, webroot, nameServer, approver };
}

function words(value: string | boolean | undefined): readonly string[] {
  return typeof value === 'string' ? value.split('\n').filter((word) => word !== '') : [];
}

/** Directories are searched, files are lists of servers. */
async function lookAround(context: CliContext, { files, look }: InitTools): Promise<Survey> {
  const { options, output } = context;
  const present = files.stat(certbotTree)?.kind === 'directory' ? certbotTree : '';
  const given = [...words(options['from']), ...words(options['host'])].length > 0;
  const asked = given
    ? ''
    : await answer(
        context,
        'from',
        'Where certificates are now: a directory, a list of host:port, or nothing',
        present,
      );
  const surveys: Survey[] = [];
  const hosts = words(options['host']).map((word) => {
    const host = readHost(word);
    if (host === undefined) throw usage(`--host "${word}" is not host:port`);
    return host;
  });
  for (const from of [...words(options['from']), ...words(asked)]) {
    const path = resolve(from);
    const kind = files.stat(path)?.kind;
    if (kind === 'directory') {
      output.progress(`looking below ${path}`);
      surveys.push(surveyDirectory(path, files));
      continue;
    }
    if (kind !== 'file') throw usage(`${path} is neither a directory nor a file with a list of servers`);
    const list = readHosts(Buffer.from(files.read(path, hostListBytesMax) ?? []).toString('utf8'), path);
    hosts.push(...list.hosts);
    surveys.push({ found: [], refused: list.refused });
  }
  surveys.push(
    await surveyHosts(hosts, look, (done, all) => output.progress(`asking servers: ${done} of ${all}`)),
  );
  output.progress('');
  return merged(surveys);
}

function pathsOf({ pair }: Found): readonly string[] {
  if (pair === undefined) return [];
  return [pair.certificate, pair.key, ...(pair.fullchain === undefined ? [] : [pair.fullchain])];
}

export const init: Command = async (context) => {
  const { composer, options, output, clock } = context;
  const tools = await composer.initTools();
  const main = resolve(context.configPath);
  const directory = dirname(main);
  const survey = await lookAround(context, tools);
  const answers = await answersOf(context, tools);
  const capabilities = tools.capabilities(answers.provider) ?? {};
  const etc = options['etc'];
  const uses = serverUses(typeof etc === 'string' ? resolve(etc) : '/etc', tools.files);
  const now = clock.now();
  const proposal = propose(survey.found, {
    answers,
    capabilities,
    uses: (found) => uses(pathsOf(found)),
    tls: join(directory, 'tls'),
    now,
  });
  const state = await answer(context, 'state', 'Directory of store and keys', '/var/lib/renewd');
  const inventory = 'inventory.d/found.yaml';
  const takeOver = takeOverText(proposal);
  const files: readonly NewFile[] = [
    {
      path: main,
      text: mainText(proposal, answers, { schema: tools.schemas.main, state: resolve(state), inventory }),
      mode: 0o640,
    },
    {
      path: join(directory, inventory),
      text: inventoryText(proposal, answers, tools.schemas.inventory),
      mode: 0o640,
    },
    ...(takeOver === undefined
      ? []
      : [{ path: join(directory, 'take-over.sh'), text: takeOver, mode: 0o640 }]),
  ];
  const secrets = join(directory, 'credentials');
  tools.files.makeDirectory(directory, { mode: 0o755 });
  tools.files.makeDirectory(secrets, { mode: 0o700 });
  const written = files.map((file) => writeFile(file, options['force'] === true, tools.files));
  const toFill = secretsOf(
    answers,
    proposal.publishers
      .filter(({ settings }) => settings.type === 'rfc2136')
      .map(({ name }) => `${name}-tsig`),
  ).map((name) => join(directory, name));
  if (options['json'] === true) {
    output.json({
      found: survey.found.map(({ label, facts, pair, endpoints }) => ({
        label,
        names: facts.names,
        issuer: facts.issuer,
        notAfter: facts.notAfter,
        pair: pair ?? null,
        endpoints,
      })),
      refused: survey.refused,
      written,
      secrets: toFill,
    });
    return exitCodes.ok;
  }
  report(context, survey, written, toFill);
  return exitCodes.ok;
};

function secretsOf({ provider }: Answers, keys: readonly string[]): readonly string[] {
  return [accountName(provider), ...keys].map(secretFile);
}

function report(
  { output, configPath, options, ask }: CliContext,
  { found, refused }: Survey,
  written: readonly { readonly path: string; readonly beside?: string }[],
  toFill: readonly string[],
): void {
  if (ask === undefined && options['yes'] !== true)
    output.line('Nobody was asked, for want of a terminal: defaults were taken.\n');
  output.line(`Found ${found.length} certificate(s) to propose.`);
  for (const { where, why } of refused.slice(0, refusedShown)) output.line(`  left out: ${where}: ${why}`);
  if (refused.length > refusedShown) output.line(`  … and ${refused.length - refusedShown} more`);
  output.line();
  for (const { path, beside } of written)
    output.line(
      beside === undefined
        ? `wrote ${path}`
        : `wrote ${path}; ${beside} was there and stays: compare them, or use --force`,
    );
  output.line();
  output.line('Next:');
  for (const path of toFill)
    output.line(`  install -m 0600 /dev/stdin ${path}     # then type the secret, Ctrl-D`);
  output.line(`  renewd check -c ${configPath}`);
  output.line(`  renewd doctor -c ${configPath}`);
  output.line(
    'Nothing is ordered as it stands: decide each entry, remove its `hold`, then raise `ordersPerDay`.',
  );
}
