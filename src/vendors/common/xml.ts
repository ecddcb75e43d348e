/**
 * XML read strictly and written safely; the only place that knows the parser. No document type, no processing
 * instruction, no entity but the five of XML 1.0 and numbers; bounded in size, depth and number of nodes. Comments count
 * for nothing; CDATA, entities and plain text give the same text. Namespaces are not resolved: a prefix is part of the name.
 */
import { SaxesParser } from 'saxes';
import { RenewdError } from '../../core/errors.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Child elements in document order. */
  readonly children: readonly XmlElement[];
  /** All text directly inside, in order, white space included, line ends as LF (XML 1.0 §2.11). */
  readonly text: string;
}

/** Bytes of UTF-8. */
export const xmlBytesMax = 1024 * 1024;
export const xmlDepthMax = 64;
/** Elements and attributes. */
export const xmlNodesMax = 10_000;

interface OpenElement {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: XmlElement[];
  readonly texts: string[];
}

/**
 * The document's root. Throws `provider-protocol` for what is not one well-formed document within the bounds, with a
 * fixed reason and never text of the document.
 */
export function parseXml(text: string): XmlElement {
  if (text.length > xmlBytesMax || Buffer.byteLength(text) > xmlBytesMax) throw refused('too large');
  // The parser fails in ways of its own on halves of characters.
  if (!text.isWellFormed()) throw refused('not well-formed');
  const parser = new SaxesParser({
    xmlns: false,
    position: false,
    forceXMLVersion: true,
    defaultXMLVersion: '1.0',
  });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let nodes = 0;

  const count = (more: number): void => {
    nodes += more;
    if (nodes > xmlNodesMax) throw refused('too many nodes');
  };
  const appendText = (part: string): void => void open.at(-1)?.texts.push(part);

  parser.on('error', () => {
    throw refused('not well-formed');
  });
  parser.on('xmldecl', ({ encoding }) => {
    // The bytes were read as UTF-8 already.
    if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding)) throw refused('not UTF-8');
  });
  parser.on('doctype', () => {
    throw refused('a document type');
  });
  parser.on('processinginstruction', () => {
    throw refused('a processing instruction');
  });
  parser.on('opentag', ({ name, attributes }) => {
    const entries = Object.entries(attributes);
    count(1 + entries.length);
    if (open.length >= xmlDepthMax) throw refused('too deep');
    open.push({ name, attributes: new Map(entries), children: [], texts: [] });
  });
  parser.on('text', appendText);
  parser.on('cdata', appendText);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const { name, attributes, children, texts } = closed;
    const element: XmlElement = { name, attributes, children, text: texts.join('') };
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });

  parser.write(text).close();
  if (root === undefined) throw refused('no element');
  return root;
}

function refused(why: string): RenewdError {
  return new RenewdError('provider-protocol', `the XML cannot be read: ${why}`);
}

/** The first child element of that name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Trimmed text of the first element down the path; undefined when there is none, or nothing in it. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  let at = element;
  for (const name of path) at = childOf(at, name);
  const text = at?.text.trim() ?? '';
  return text === '' ? undefined : text;
}

/** What is to be written: text, a CDATA section, or elements. */
export type XmlContent = string | { readonly cdata: string } | readonly XmlNode[];

export interface XmlNode {
  readonly name: string;
  readonly content: XmlContent;
}

export function node(name: string, content: XmlContent): XmlNode {
  return { name, content };
}

/** Like `node`, but nothing at all for an absent text. */
export function optionalNode(name: string, text: string | undefined): readonly XmlNode[] {
  return text === undefined ? [] : [{ name, content: text }];
}

/**
 * The document with its declaration, without white space between elements. Throws `config-invalid` for a character that
 * XML 1.0 cannot carry at all (§2.2), such as a control character in a setting.
 */
export function writeXml(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${written(root)}`;
}

function written({ name, content }: XmlNode): string {
  return `<${name}>${writtenContent(content)}</${name}>`;
}

function writtenContent(content: XmlContent): string {
  if (typeof content === 'string') return escaped(content);
  if ('cdata' in content) return cdataSection(content.cdata);
  return content.map(written).join('');
}

function escaped(text: string): string {
  return (
    checked(text)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // A reader makes every line end LF unless it is written as a reference (§2.11).
      .replaceAll('\r', '&#13;')
  );
}

function cdataSection(text: string): string {
  return `<![CDATA[${checked(text).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

function checked(text: string): string {
  // oxlint-disable-next-line no-control-regex -- exactly the characters that XML 1.0 leaves out
  if (!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text) && text.isWellFormed()) return text;
  throw new RenewdError('config-invalid', 'a value holds a character that XML cannot carry');
}
