/** Can the proofs of control be put where the CA will look? */
import { inZone } from '../host-names.ts';
import { complainOf } from '../entry.ts';
import type { Entry } from '../entry.ts';
import type { DeclaredPublisher } from '../sections.ts';
import { suggestion } from '../suggest.ts';
import type { CheckContext } from './context.ts';

/** `record` is the type of the records that the provider will ask for, as far as the configuration tells. */
export function checkPublisherFit(entry: Entry, context: CheckContext, record: 'txt' | 'cname'): void {
  const { method } = entry.draft.dcv;
  if (entry.broken.has('dcv.method') || entry.broken.has('dcv.publisher')) return;
  if (method === 'email') {
    complainOf(entry, ['dcv', 'method'], {
      severity: 'warning',
      message: 'e-mail validation ends on 2028-03-15, and a person has to answer each mail',
      hint: 'use dns or file',
    });
    return;
  }
  if (method === 'file') checkWildcards(entry);
  const usable = publishersFor(entry, method, context);
  if (usable === undefined) return;
  if (method === 'dns' && !usable.some((publisher) => carries(publisher, record))) {
    complainOf(entry, ['dcv', 'record'], {
      message: `${record} records are wanted, and no dns publisher for this certificate can write them`,
      hint: 'name another publisher, or choose a product that validates by the other type',
    });
    return;
  }
  const reach = usable.map((publisher) => reachOf(publisher, method));
  // A publisher whose own settings have a mistake may reach anything.
  if (reach.some((one) => one === undefined)) return;
  for (const [index, name] of entry.draft.names.entries()) {
    if (name === '' || reach.some((one) => one?.(name) === true)) continue;
    complainOf(entry, ['names', index], {
      severity: 'warning',
      message:
        method === 'dns' ? `no zone of a dns publisher holds ${name}` : `no file publisher serves ${name}`,
      hint:
        method === 'dns'
          ? 'right only if a CNAME leads its validation name into a zone of a publisher'
          : 'add the host to `hosts` of a publisher',
    });
  }
}

function checkWildcards(entry: Entry): void {
  for (const [index, name] of entry.draft.names.entries()) {
    if (!name.startsWith('*.')) continue;
    complainOf(entry, ['names', index], {
      message: 'a wildcard cannot be validated by file',
      hint: 'use method dns for this certificate',
    });
  }
}

/** The named publisher, or all of the right kind; undefined when a mistake was found. */
function publishersFor(
  entry: Entry,
  method: 'dns' | 'file',
  { publishers }: CheckContext,
): readonly DeclaredPublisher[] | undefined {
  const { publisher: name } = entry.draft.dcv;
  if (name !== undefined) {
    const declared = publishers.get(name);
    if (declared === undefined) {
      complainOf(entry, ['dcv', 'publisher'], {
        message: 'there is no publisher of this name',
        hint: suggestion(name, [...publishers.keys()]) ?? 'add it under `publishers` of the main file',
      });
      return undefined;
    }
    const kind = declared.schemas?.kind;
    if (kind !== undefined && kind !== method) {
      const fitting = [...publishers].filter(([, one]) => one.schemas?.kind === method).map(([key]) => key);
      complainOf(entry, ['dcv', 'publisher'], {
        message: `this publisher serves method ${kind}, not ${method}`,
        hint:
          fitting.length === 0
            ? `add a ${method} publisher`
            : `for ${method} there is: ${fitting.join(', ')}`,
      });
      return undefined;
    }
    return [declared];
  }
  const fitting = [...publishers.values()].filter(
    (one) => one.schemas === undefined || one.schemas.kind === method,
  );
  if (fitting.length > 0) return fitting;
  complainOf(entry, ['dcv', 'method'], {
    message: `method ${method} needs a ${method} publisher, and there is none`,
    hint: 'add one under `publishers` of the main file',
  });
  return undefined;
}

/** A publisher whose own settings have a mistake may carry anything. */
function carries({ schemas, settings }: DeclaredPublisher, record: 'txt' | 'cname'): boolean {
  if (schemas?.recordTypesOf === undefined || settings === undefined) return true;
  return schemas.recordTypesOf(settings.config).includes(record);
}

/** Whether a publisher can serve a name; undefined when that is not known. */
function reachOf(
  { settings }: DeclaredPublisher,
  method: 'dns' | 'file',
): ((name: string) => boolean) | undefined {
  if (settings === undefined) return undefined;
  const list: unknown = settings.config[method === 'dns' ? 'zones' : 'hosts'];
  if (!Array.isArray(list)) return undefined;
  const texts = list.filter((one): one is string => typeof one === 'string');
  if (method === 'dns') return (name) => texts.some((zone) => inZone(name, zone));
  return (name) => texts.length === 0 || texts.includes(name);
}
