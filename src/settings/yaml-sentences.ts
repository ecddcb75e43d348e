/**
 * The YAML library's complaints in our words. Its own messages quote the source, and the source may be a password that
 * was written where YAML reads an alias, a tag or an indicator: no sentence here repeats source text.
 */
import type { ErrorCode } from 'yaml';

interface Sentence {
  readonly message: string;
  readonly hint?: string;
}

const quoteIt = 'write text that begins with or contains special characters in quotes';

const sentences: Readonly<Record<ErrorCode, Sentence>> = {
  ALIAS_PROPS: { message: 'an alias (*name) cannot have a tag or an anchor' },
  BAD_ALIAS: { message: 'this alias or anchor is not right', hint: quoteIt },
  BAD_DIRECTIVE: { message: 'unknown YAML directive', hint: 'leave lines beginning with "%" out' },
  BAD_DQ_ESCAPE: {
    message: 'unknown escape sequence in double quotes',
    hint: 'write "\\\\" for a backslash, or use single quotes',
  },
  BAD_INDENT: {
    message: 'the indentation is not right',
    hint: 'entries of one list or mapping begin in the same column',
  },
  BAD_PROP_ORDER: { message: 'an anchor or tag stands in the wrong place', hint: quoteIt },
  BAD_SCALAR_START: { message: 'text cannot begin with this character', hint: quoteIt },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a mapping begins inside a value',
    hint: 'put the inner mapping on lines of its own, further indented; text that contains ": " needs quotes',
  },
  BLOCK_IN_FLOW: {
    message: 'a block list or mapping stands inside brackets or braces',
    hint: 'use commas inside [ ] and { }',
  },
  DUPLICATE_KEY: { message: 'this key stands here twice' },
  IMPOSSIBLE: { message: 'this is not YAML' },
  KEY_OVER_1024_CHARS: { message: 'a key is longer than 1024 characters' },
  MISSING_CHAR: {
    message: 'something is missing here: a quote, bracket, comma, colon or space',
    hint: 'check that quotes and brackets are closed, and that "key: value" has its colon and its space',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'a key goes over more than one line',
    hint: 'check that the line before ends with a colon, and that quotes are closed',
  },
  MULTIPLE_ANCHORS: { message: 'a value has two anchors' },
  MULTIPLE_DOCS: {
    message: 'the file has more than one YAML document',
    hint: 'remove the "---" line, or use two files',
  },
  MULTIPLE_TAGS: { message: 'a value has two tags', hint: quoteIt },
  NON_STRING_KEY: { message: 'a key is not text', hint: 'write it in quotes' },
  RESOURCE_EXHAUSTION: { message: 'the nesting is too deep' },
  TAB_AS_INDENT: { message: 'a tab is used for indentation', hint: 'indent with spaces' },
  TAG_RESOLVE_FAILED: { message: 'YAML tags (!…) are not used here', hint: quoteIt },
  UNEXPECTED_TOKEN: { message: 'this is not expected here', hint: quoteIt },
  BAD_COLLECTION_TYPE: { message: 'this tag does not fit its value', hint: 'leave tags out' },
};

const unclosed: Sentence = {
  message: 'a bracket or brace is not closed before this place',
  hint: 'close it, or indent what belongs inside further',
};

/** @param original the library's message, to tell apart what shares a code; it is not repeated. */
export function yamlSentence(code: ErrorCode, original = ''): Sentence {
  if (/^Flow (?:map|sequence)/.test(original)) return unclosed;
  return sentences[code];
}
