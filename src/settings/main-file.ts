/** The keys of the main file, and what every file of the configuration may have at its top. */
import { defaultsSchema } from './certificate-schema.ts';
import type { DefaultsInput } from './certificate-schema.ts';
import { checkListen } from './checks/listen.ts';
import type { Level } from './entry.ts';
import { complainOfIssues, kindOf } from './issues.ts';
import { mainFields } from './main-schema.ts';
import type { MainInput } from './main-schema.ts';
import { suggestion } from './suggest.ts';
import { everMatches } from './windows.ts';
import type { YamlFile } from './yaml-file.ts';

/** Entry by entry: each by the schema of its type. */
const readElsewhere: ReadonlySet<string> = new Set(['certificates', 'providers', 'publishers', 'notices']);

/** Each key by itself, so that a mistake in one hides nothing of the others. */
export function readMain(file: YamlFile, data: Readonly<Record<string, unknown>>): Partial<MainInput> {
  const known = Object.keys(mainFields);
  for (const key of Object.keys(data)) {
    if (known.includes(key)) continue;
    file.complain({ path: [key], part: 'key', message: 'unknown key', hint: suggestion(key, known) });
  }
  const found: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(mainFields)) {
    if (key === 'certificates') checkList(file, data[key], false);
    if (readElsewhere.has(key)) continue;
    // A key with nothing behind it is a key left out.
    const value = data[key] ?? undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) found[key] = parsed.data;
    else complainOfIssues(parsed.error.issues, { file, base: [key], schema, data: value });
  }
  return found;
}

export function defaultsLevel(file: YamlFile, data: DefaultsInput): Level {
  return { file, path: ['defaults'], data, deploy: data.deploy };
}

export function readDefaults(file: YamlFile, data: unknown): DefaultsInput {
  if (data === undefined || data === null) return {};
  const parsed = defaultsSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  complainOfIssues(parsed.error.issues, { file, base: ['defaults'], schema: defaultsSchema, data });
  return {};
}

/** Null is a list that is read elsewhere, or an empty one. */
export function checkList(file: YamlFile, list: unknown, isRequired: boolean): void {
  if (Array.isArray(list) || list === null || (list === undefined && !isRequired)) return;
  file.complain({
    path: ['certificates'],
    message: `must be a list of certificates, not ${kindOf(list)}`,
    hint: 'each entry begins with "- name:"',
  });
}

/** What an inventory file may have at its top. */
export function checkInventoryKeys(file: YamlFile, top: Readonly<Record<string, unknown>>): void {
  const known = ['certificates', 'defaults'];
  for (const key of Object.keys(top)) {
    if (known.includes(key)) continue;
    file.complain({ path: [key], part: 'key', message: 'unknown key', hint: suggestion(key, known) });
  }
}

export function checkMain(file: YamlFile, { listen, schedule }: Partial<MainInput>): void {
  if (listen !== undefined && listen !== false) checkListen(file, listen);
  if (schedule !== undefined && !everMatches(schedule.cron, schedule.timezone)) {
    file.complain({
      path: ['schedule'],
      message: 'this schedule never comes: no day matches',
      hint: 'e.g. "*/5 * * * *"',
    });
  }
}
