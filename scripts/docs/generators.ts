/** The generated files. To add one: a function that returns its text, and a line here. */
import { schemas } from '../../src/settings/schemas.ts';
import { cliPage } from './cli-page.ts';
import { configurationPage } from './configuration-page.ts';
import { errorsPage } from './errors-page.ts';
import { grafanaDashboard } from './grafana-dashboard.ts';
import { inventoryJsonSchema, mainJsonSchema } from './json-schema.ts';
import { commandsManPage, configurationManPage } from './man-pages.ts';
import { metricsPage } from './metrics-page.ts';
import { providerPages, providersPage, publishersPage } from './plug-in-pages.ts';
import { statesPage } from './states-page.ts';

export interface GeneratedFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly make: () => string;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

export const generatedFiles: readonly GeneratedFile[] = [
  { path: 'config/renewd.schema.json', make: () => json(mainJsonSchema(schemas)) },
  { path: 'config/inventory.schema.json', make: () => json(inventoryJsonSchema(schemas)) },
  { path: 'config/grafana/renewd.json', make: () => json(grafanaDashboard()) },
  { path: 'docs/configuration.md', make: () => configurationPage(schemas) },
  { path: 'docs/errors.md', make: errorsPage },
  { path: 'docs/metrics.md', make: metricsPage },
  { path: 'docs/cli.md', make: cliPage },
  { path: 'docs/man/renewd.1', make: commandsManPage },
  { path: 'docs/man/renewd.yaml.5', make: () => configurationManPage(schemas) },
  { path: 'docs/states.md', make: statesPage },
  { path: 'docs/providers.md', make: providersPage },
  ...providerPages,
  { path: 'docs/publishers.md', make: publishersPage },
];
