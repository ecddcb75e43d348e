/**
 * Documents of the XML gateway: one task in a request, one result in a response (help page XML API Basics; reissue
 * walkthrough, XML samples). What is inside `task` and `data` is the caller's matter.
 */
import { RenewdError } from '../../core/errors.ts';
import { childOf, childrenOf, node, optionalNode, parseXml, textAt, writeXml } from '../common/xml.ts';
import type { XmlElement, XmlNode } from '../common/xml.ts';
import type { Account } from './account.ts';
import { reasonNestingMax, reasonsMax, typeOfCode, type Envelope, type Reason } from './envelope.ts';

export interface XmlEnvelope extends Envelope {
  /** The element `data`, whose children are what was asked for; absent in answers without data. */
  readonly data: XmlElement | undefined;
}

export interface XmlTask {
  /** The task's number. */
  readonly task: string;
  readonly content: readonly XmlNode[];
  /** Our reference (help page Task, "ctid"). */
  readonly ctid?: string;
}

/** The whole request, credentials included. */
export function xmlRequest(account: Account, { task, content, ctid }: XmlTask): string {
  return writeXml(
    node('request', [
      node('auth', [
        node('user', account.user),
        node('password', account.password.reveal()),
        node('context', String(account.context)),
      ]),
      node('language', account.language),
      node('task', [node('code', task), ...optionalNode('ctid', ctid), ...content]),
    ]),
  );
}

/** The envelope, or undefined when the text is none: not XML, another document, several results, or without a status. */
export function parseXmlEnvelope(text: string): XmlEnvelope | undefined {
  const response = readable(text);
  if (response?.name !== 'response') return undefined;
  const results = childrenOf(response, 'result');
  const [result] = results;
  const status = childOf(result, 'status');
  if (result === undefined || results.length > 1 || status === undefined) return undefined;
  const code = textAt(status, 'code');
  const type = textAt(status, 'type')?.toUpperCase() ?? typeOfCode(code);
  if (type === undefined) return undefined;
  const data = childOf(result, 'data');
  const summary = textAt(data, 'summary') ?? textAt(status, 'object', 'summary');
  return {
    type,
    code,
    text: textAt(status, 'text'),
    // Inside the result, beside it, or nowhere: the samples show all three.
    stid: textAt(result, 'stid') ?? textAt(response, 'stid'),
    reasons: [...reasonsIn(result), ...reasonsIn(status)].slice(0, reasonsMax),
    object: {
      type: textAt(status, 'object', 'type'),
      value: textAt(status, 'object', 'value'),
      summary: summary !== undefined && /^\d{1,9}$/.test(summary) ? Number(summary) : undefined,
    },
    data,
  };
}

function readable(text: string): XmlElement | undefined {
  try {
    return parseXml(text);
  } catch (thrown) {
    if (thrown instanceof RenewdError) return undefined;
    throw thrown;
  }
}

/** Every `msg` below the element, nested ones after the one they explain; the text may be missing. */
function reasonsIn(parent: XmlElement, depth = 0): readonly Reason[] {
  if (depth > reasonNestingMax) return [];
  return childrenOf(parent, 'msg').flatMap((message) => {
    const reason = {
      code: textAt(message, 'code'),
      text: textAt(message, 'text'),
      about: textAt(message, 'object', 'type'),
    };
    const said = reason.code === undefined && reason.text === undefined ? [] : [reason];
    return [...said, ...reasonsIn(message, depth + 1)];
  });
}
