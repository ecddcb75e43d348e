/**
 * Has a program put DNS records in place and take them away. It is called without a shell, one call at a time for each
 * zone (many such programs read a whole set and write it back), for a bounded time, and its output is kept only in
 * part and without the secrets that it was given.
 */
import type { ProcessResult } from '../../contracts/platform.ts';
import type { DnsPublisher, DnsRecord, PublisherDependencies } from '../../contracts/publisher.ts';
import { Secret } from '../../core/certificate.ts';
import { RenewdError, type ErrorKind } from '../../core/errors.ts';
import { longestZone } from '../../dns/name.ts';
import { callOf, domainFor, prefixOf, usualAcmesh, type Call, type Verb } from './calls.ts';
import type { CommandConfig } from './config.ts';
import { lastLines, scrubber } from './output.ts';
import { recordTypesOf } from './record-types.ts';

type Dependencies = Pick<PublisherDependencies, 'files' | 'processes' | 'logger' | 'throttleOf'>;

/** A queue and no brake: only one program at a time writes a zone. */
const oneAtATime = { requestsPerSecond: 1000, concurrency: 1 };

/** Outputs of certbot's auth hooks that are kept for their cleanup hooks. */
const outputsMax = 1000;

/** Throws RenewdError `config-invalid` when the dnsapi script is not there. */
export function createCommand(
  name: string,
  settings: CommandConfig,
  dependencies: Dependencies,
): DnsPublisher {
  const { processes, throttleOf } = dependencies;
  const config = withAcmesh(settings, dependencies);
  const { zones, convention } = config;
  const log = dependencies.logger.child({ publisher: name, convention });
  const secrets = Object.values(config.env).filter((value) => value instanceof Secret);
  const scrub = scrubber(secrets.map((secret) => secret.reveal()));
  const environment = Object.fromEntries(
    Object.entries(config.env).map(([key, value]) => [key, value instanceof Secret ? value.reveal() : value]),
  );
  /** By name and value. */
  const authOutputs = new Map<string, string>();

  function fail(kind: ErrorKind, why: string, record: DnsRecord, cause?: unknown): RenewdError {
    const message = `publisher "${name}": ${why}`;
    return new RenewdError('dcv-publish-failed', message, {
      kind,
      cause,
      fields: { publisher: name, convention, recordName: record.name },
    });
  }

  function zoneOf(record: DnsRecord): string {
    const zone = longestZone(record.name, zones);
    if (zone !== undefined) return zone;
    const message = `${record.name} is in none of the zones of publisher "${name}" (${zones.join(', ')})`;
    throw new RenewdError('dcv-no-publisher', message, {
      fields: { publisher: name, recordName: record.name },
    });
  }

  function domainOf(record: DnsRecord): string {
    if (!recordTypesOf(convention).includes(record.type === 'TXT' ? 'txt' : 'cname')) {
      throw fail(
        'configuration',
        `convention ${convention} carries only TXT records, not ${record.type}`,
        record,
      );
    }
    const domain = domainFor(record, config);
    if (domain !== undefined) return domain;
    const why = `hooks of ${convention} write at "${prefixOf(config)}." only, and the record is ${record.name}; set \`prefix: ""\` for a hook that takes whole names, or lead the name there by a CNAME`;
    throw fail('configuration', why, record);
  }

  async function run(call: Call, record: DnsRecord, signal: AbortSignal): Promise<ProcessResult> {
    try {
      return await processes.run(call.argv, {
        timeoutMs: config.timeout,
        env: { ...environment, ...call.env },
        signal,
      });
    } catch (thrown) {
      const why = thrown instanceof RenewdError ? thrown.message : 'the program cannot be started';
      throw fail('configuration', scrub(why), record, thrown);
    }
  }

  async function callProgram(verb: Verb, record: DnsRecord, signal: AbortSignal): Promise<void> {
    const zone = zoneOf(record);
    const key = JSON.stringify([record.name, record.value]);
    const call = callOf(verb, record, config, domainOf(record), authOutputs.get(key) ?? '');
    const program = convention === 'acme.sh' ? (config.script ?? '') : (call.argv[0] ?? '');
    const result = await throttleOf(`command zone ${zone}`, oneAtATime).run(signal, () =>
      run(call, record, signal),
    );
    signal.throwIfAborted();
    if (result.timedOut) {
      throw fail(
        'unavailable',
        `${program} took longer than ${config.timeout / 1000} s and was ended`,
        record,
      );
    }
    if (result.exitCode !== 0) {
      const how = result.signal === null ? `exit code ${String(result.exitCode)}` : `signal ${result.signal}`;
      const said = lastLines(result, scrub);
      throw fail('dcv-failed', `${program} failed (${how})${said === '' ? '' : `: ${said}`}`, record);
    }
    if (convention === 'certbot') remember(verb, key, result.stdout.trim());
    log.debug({ recordName: record.name, recordType: record.type, verb }, 'the program has done its work');
  }

  function remember(verb: Verb, key: string, output: string): void {
    if (verb === 'withdraw') authOutputs.delete(key);
    else if (output !== '' && authOutputs.size < outputsMax) authOutputs.set(key, output);
  }

  return {
    kind: 'dns',
    zones,
    publish: (record, signal) => callProgram('publish', record, signal),
    withdraw: (record, signal) => callProgram('withdraw', record, signal),
    close: () => Promise.resolve(),
  };
}

/** The dnsapi script must be there; acme.sh is taken from beside it unless it is named, and may be absent then. */
function withAcmesh(config: CommandConfig, { files }: Dependencies): CommandConfig {
  const { convention, script, acmesh } = config;
  if (convention !== 'acme.sh' || script === undefined) return config;
  for (const path of [script, ...(acmesh === undefined ? [] : [acmesh])]) {
    if (files.stat(path)?.kind === 'file') continue;
    throw new RenewdError(
      'config-invalid',
      `there is no file ${path}; name one of your acme.sh installation`,
    );
  }
  if (acmesh !== undefined) return config;
  const usual = usualAcmesh(script);
  return files.stat(usual)?.kind === 'file' ? { ...config, acmesh: usual } : config;
}
