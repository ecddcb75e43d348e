/** Elements to text, in the styles an answer of the gateway may have. */
import type { GatewayOptions } from './options.ts';

export interface XmlElement {
  readonly name: string;
  readonly content: string | readonly XmlElement[];
  /** The vendor's sample has CDATA here. */
  readonly cdata?: boolean;
  /** The vendor's sample explains the value behind it. */
  readonly comment?: string;
}

export function element(
  name: string,
  ...content: (XmlElement | readonly XmlElement[] | undefined)[]
): XmlElement {
  return { name, content: content.flat().filter((each) => each !== undefined) };
}

/** Nothing where there is no value. */
export function leaf(
  name: string,
  value: string | number | undefined,
  extra: Pick<XmlElement, 'cdata' | 'comment'> = {},
): XmlElement | undefined {
  return value === undefined ? undefined : { name, content: String(value), ...extra };
}

export function renderXml(root: XmlElement, options: GatewayOptions): string {
  const prologue = options.xmlPrologue ? '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n' : '';
  return `${prologue}${render(root, options, '')}\n`;
}

function render(each: XmlElement, options: GatewayOptions, indent: string): string {
  const { name, content, comment } = each;
  const behind = comment !== undefined && options.xmlComments ? `<!-- ${comment} -->` : '';
  if (content.length === 0) return `${indent}<${name}/>${behind}`;
  if (typeof content === 'string') {
    const cdata = options.xmlText === 'cdata' || (options.xmlText === 'as-sample' && each.cdata === true);
    return `${indent}<${name}>${cdata ? inCdata(content) : escaped(content)}</${name}>${behind}`;
  }
  const inner = content.map((child) => render(child, options, `${indent}  `)).join('\n');
  return `${indent}<${name}>\n${inner}\n${indent}</${name}>${behind}`;
}

const inCdata = (text: string): string => `<![CDATA[${allowed(text).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;

/** A quotation mark stays one in text, as in the samples. */
const escaped = (text: string): string =>
  allowed(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Texts of other programs may hold what XML cannot. */
const allowed = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '?');
