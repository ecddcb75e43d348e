/** Asking the InterNetX gateway, and looking into what it answers. */
import type { VendorSimulator } from '../../../src/sandbox/contract.ts';
import { readXml } from '../../../src/sandbox/internetx/xml/reader.ts';
import type { XmlDocumentElement } from '../../../src/sandbox/internetx/xml/reader.ts';
import { ACCOUNT } from './internetx-kit.ts';
import type { Stage } from './internetx-kit.ts';
import { bodyText, csrFor, requestTo } from './kit.ts';

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const AUTH = `<auth><user>${ACCOUNT.user}</user><password>${escapeXml(ACCOUNT.password)}</password><context>9</context></auth>`;

export interface XmlReply {
  readonly http: number;
  readonly body: string;
  readonly root: XmlDocumentElement;
}

/** One document to the gateway, word for word. */
export async function sendXml(simulator: VendorSimulator, document: string | Buffer): Promise<XmlReply> {
  const headers = { 'content-type': 'application/xml' };
  const answer = await simulator.handle(requestTo('POST', '/gateway/', document, headers));
  const body = bodyText(answer);
  return { http: answer.status, body, root: readXml(Buffer.from(body)) };
}

/** One task, or several, with the usual login. */
export function sendTask(simulator: VendorSimulator, ...tasks: string[]): Promise<XmlReply> {
  const inner = tasks.map((task) => `<task>${task}</task>`).join('');
  return sendXml(simulator, `<request>${AUTH}${inner}</request>`);
}

/** Every element at `path` ("result/data/message"), below the document element. */
export function all(root: XmlDocumentElement, path: string): XmlDocumentElement[] {
  return path
    .split('/')
    .reduce<XmlDocumentElement[]>(
      (found, name) => found.flatMap(({ children }) => children.filter((child) => child.name === name)),
      [root],
    );
}

export const texts = (reply: XmlReply, path: string): string[] =>
  all(reply.root, path).map(({ text }) => text);
export const text = (reply: XmlReply, path: string): string | undefined => texts(reply, path)[0];

/** The names of an element's parts, as `name(part part(…))`, to be held against a sample of the vendor's. */
export function shape({ name, children }: XmlDocumentElement): string {
  return children.length === 0 ? name : `${name}(${children.map(shape).join(' ')})`;
}

export const shapeOf = (document: string): string => shape(readXml(Buffer.from(document)));

export const statusOf = (reply: XmlReply): (string | undefined)[] => [
  text(reply, 'result/status/code'),
  text(reply, 'result/status/type'),
];

/** Status, and code and object of the first reason. */
export const refusalOf = (reply: XmlReply): (string | undefined)[] => [
  ...statusOf(reply),
  text(reply, 'result/msg/code'),
  text(reply, 'result/msg/object/type'),
];

export const PRODUCT = 'QUICKSSLPREMIUM';

export function prepareTask(csr: string, product = PRODUCT): string {
  return `<code>400110</code><certificate_request><plain><![CDATA[${csr}]]></plain><product>${product}</product></certificate_request>`;
}

/** The order of the vendor's sample; `parts` go into the certificate. */
export function orderTask(code: string, csr: string, dns: string, parts = ''): string {
  return `<code>${code}</code>
    <certificate>${parts}
      <technical><id>100</id></technical>
      <admin><id>100</id></admin>
      <name>example.com</name>
      <product>${PRODUCT}</product>
      <authentication><method>DNS</method><dns>${dns}</dns><provisioning>1</provisioning></authentication>
      <lifetime>12</lifetime>
      <software>APACHESSL</software> <!-- APACHESSL / IIS5 -->
      <csr><![CDATA[${csr}]]></csr> <!-- the key -->
    </certificate>`;
}

/** The zone line an order for this CSR has to send back. */
export async function preparedDns({ simulator }: Stage, csr: string): Promise<string> {
  const reply = await sendTask(simulator, prepareTask(csr));
  const dns = all(reply.root, 'result/data/certificate_request/authentication').find(
    ({ children }) => children[0]?.text === 'DNS',
  );
  return dns?.children.find(({ name }) => name === 'dns')?.text ?? '';
}

/** An order with the vendor's own provisioning, taken out of the queue; the certificate's id. */
export async function ordered(stage: Stage): Promise<number> {
  const csr = await csrFor(['example.com']);
  await sendTask(stage.simulator, orderTask('400101', csr, await preparedDns(stage, csr)));
  return finished(stage);
}

/** Lets the CA look, and takes the result out of the queue; the certificate's id. */
export async function finished({ ca, simulator }: Stage): Promise<number> {
  await ca.tick();
  const polled = await sendTask(simulator, '<code>0905</code>');
  if (text(polled, 'result/data/message/job/status/type') !== 'success') throw new Error(polled.body);
  const message = text(polled, 'result/data/message/id') ?? '';
  await sendTask(simulator, `<code>0906</code><message><id>${message}</id></message>`);
  return Number(text(polled, 'result/data/message/job/certificate/id'));
}
