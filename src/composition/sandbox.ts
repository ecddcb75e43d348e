/** `renewd sandbox`: the vendors, simulated, on loopback, until it is told to stop. */
import type { Command } from '../cli/context.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import { RenewdError } from '../core/errors.ts';
import { onSignals } from '../daemon/signals.ts';
import { sandboxAccounts, sandboxTsigKey, startFullSandbox } from '../sandbox/start.ts';

const tickMs = 200;

export const sandbox: Command = async ({ output, options, clock }) => {
  const port = Number(options['port'] ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RenewdError('usage', '--port takes a number from 0 to 65535');
  const zone = String(options['zone'] ?? 'example.test');
  const running = await startFullSandbox({ clock, zones: [zone], tickMs, ports: { control: port } });
  const vendors = Object.fromEntries([...running.vendors].map(([id, { baseUrl }]) => [id, baseUrl]));
  const epp = Object.fromEntries(
    [...running.vendors].flatMap(([id, vendor]) =>
      vendor.epp === undefined ? [] : [[id, `${vendor.epp.host}:${vendor.epp.port}`] as const],
    ),
  );
  const { host, port: dnsPort } = running.dns.address;
  if (options['json'] === true) {
    output.json({
      control: running.controlUrl,
      vendors,
      epp,
      dns: `${host}:${dnsPort}`,
      zones: [zone],
      tsigKey: sandboxTsigKey,
      accounts: sandboxAccounts,
    });
  } else {
    output.line(
      output.paint(
        'bold',
        'renewd sandbox: simulated vendors, a throw-away CA, a name server. NOT A CA; forgets everything on exit.',
      ),
    );
    output.line(`  control API   ${running.controlUrl}   (GET / lists what it can do)`);
    for (const [id, url] of Object.entries(vendors)) output.line(`  ${id.padEnd(13)} ${url}`);
    for (const [id, address] of Object.entries(epp)) {
      output.line(
        `  ${`${id} EPP`.padEnd(13)} ${address}   (CA: GET ${running.controlUrl}/vendors/${id}/epp-ca.pem)`,
      );
    }
    output.line(`  DNS           ${host}:${dnsPort}, zone ${zone}`);
    output.line(
      `  TSIG key      ${sandboxTsigKey.name} ${sandboxTsigKey.algorithm} ${sandboxTsigKey.secret}`,
    );
    output.line(`  logins        ${JSON.stringify(sandboxAccounts)}`);
    output.line('Ctrl-C ends it.');
  }
  await new Promise<void>((resolve) => {
    onSignals({ finish: resolve, reload: () => undefined });
  });
  await running.close();
  return exitCodes.ok;
};
