/** The gateway's own XML reader: what is well-formed, what is refused, and where. */
import { describe, expect, it } from 'vitest';
import { readXml } from '../../../src/sandbox/internetx/xml/reader.ts';
import { element, leaf, renderXml } from '../../../src/sandbox/internetx/xml/writer.ts';
import { DEFAULT_GATEWAY_OPTIONS } from '../../../src/sandbox/internetx/xml/options.ts';
import { cpuTimeMs } from '../../builders/cpu-time.ts';

const read = (text: string) => readXml(Buffer.from(text));

describe('what is read', () => {
  it.each([
    ['<a/>', ''],
    ['<a></a>', ''],
    ['<a>  plain \n</a>', 'plain'],
    ['<a>&lt;b&gt; &amp; &quot;c&quot; &apos;d&apos;</a>', `<b> & "c" 'd'`],
    ['<a>&#65;&#x42;&#x1F600;</a>', 'AB\u{1F600}'],
    ['<a><![CDATA[<b>&amp;]]></a>', '<b>&amp;'],
    ['<a>one<!-- comment -->two<![CDATA[three]]></a>', 'onetwothree'],
    ['<?xml version="1.0"?><a>x</a>', 'x'],
    [`<?xml version='1.0' encoding='utf-8' standalone="no"?>\n<!-- c -->\n<a>x</a>\n<!-- d -->\n`, 'x'],
    ['<a b="1" c = \'&lt;2\'>x</a >', 'x'],
    ['<a>Grüße</a>', 'Grüße'],
    ['<a>]] ></a>', ']] >'],
  ])('%s', (document, text) => {
    expect(read(document)).toEqual({ name: 'a', children: [], text });
  });

  it('keeps elements in order and text apart from them', () => {
    expect(read('<a> x <b>1</b> y <c_d.e-1/></a>')).toEqual({
      name: 'a',
      text: 'x  y',
      children: [
        { name: 'b', children: [], text: '1' },
        { name: 'c_d.e-1', children: [], text: '' },
      ],
    });
  });
});

describe('what is refused', () => {
  it.each([
    ['', 'there is no element'],
    ['text', 'text outside'],
    ['<a>', '<a> is not closed'],
    ['<a></b>', '</b> where </a> is due'],
    ['<a/></a>', '</a> where nothing is open'],
    ['<a/><b/>', 'a second document element'],
    ['<a/>x', 'text outside'],
    ['<![CDATA[x]]><a/>', 'text outside'],
    ['<a>&nbsp;</a>', '"&nbsp;" is no reference'],
    ['<a>a & b</a>', 'is no reference'],
    ['<a>&#0;</a>', 'is no reference'],
    ['<a>&#xD800;</a>', 'is no reference'],
    ['<a>&#x110000;</a>', 'is no reference'],
    ['<a>]]></a>', '"]]>" in text'],
    ['<a>\u0001</a>', 'a character that XML does not allow'],
    ['<a><![CDATA[\u0000]]></a>', 'a character that XML does not allow'],
    ['<a><![CDATA[x</a>', 'CDATA is not closed'],
    ['<a><!-- x -- y --></a>', 'a comment is not well-formed'],
    ['<a><!-- x</a>', 'a comment is not well-formed'],
    ['<a b=1/>', 'the tag <a> is not well-formed'],
    ['<a b="1"c="2"/>', 'the tag <a> is not well-formed'],
    ['<a b="1" b="2"/>', 'the attributes of <a> are not well-formed'],
    ['<a b="&x;"/>', 'the attributes of <a> are not well-formed'],
    ['<a b="<"/>', 'the tag <a> is not well-formed'],
    ['< a/>', 'a tag without a name'],
    ['<1a/>', 'a tag without a name'],
    ['<a><?php x ?></a>', 'processing instructions'],
    ['<!DOCTYPE a><a/>', 'document types are not allowed'],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'document types are not allowed'],
    ['<a><!ELEMENT b ANY></a>', 'document types are not allowed'],
    ['<?xml version="1.1"?><a/>', 'the XML declaration is wrong'],
    ['<?xml version="1.0" encoding="ISO-8859-1"?><a/>', 'the encoding ISO-8859-1 is not UTF-8'],
    ['\uFEFF<a/>', 'byte order mark'],
    [`${'<a>'.repeat(33)}${'</a>'.repeat(33)}`, 'nested deeper than 32'],
    [`<a>${'<b/>'.repeat(10_001)}</a>`, 'more than 10000 elements'],
  ])('%.60s', (document, reason) => {
    expect(() => read(document)).toThrow(reason);
  });

  it('tells the place', () => {
    expect(() => read('<a>\n  <b>\n  </c>\n</a>')).toThrow('Line 3, column 3: </c> where </b> is due.');
  });

  it('wants UTF-8', () => {
    expect(() => readXml(Buffer.from('<a>\xfc</a>', 'latin1'))).toThrow('The document is not UTF-8.');
  });

  it('ends soon whatever comes', () => {
    const hostile = ['<', '&', '<![CDATA[', '<!--', '<a b="', '<a '].map((piece) => piece.repeat(100_000));
    const spentMs = cpuTimeMs(() => {
      for (const document of hostile) expect(() => read(`<a>${document}`)).toThrow('Line 1');
    });
    expect(spentMs).toBeLessThan(2000);
  });
});

describe('the writer', () => {
  const tree = element('a', leaf('b', 'x <&> ]]> "q"', { cdata: true }), leaf('c', undefined), element('d'));

  it.each([
    ['as-sample', '<a>\n  <b><![CDATA[x <&> ]]]]><![CDATA[> "q"]]></b>\n  <d/>\n</a>\n'],
    ['cdata', '<a>\n  <b><![CDATA[x <&> ]]]]><![CDATA[> "q"]]></b>\n  <d/>\n</a>\n'],
    ['escaped', '<a>\n  <b>x &lt;&amp;&gt; ]]&gt; "q"</b>\n  <d/>\n</a>\n'],
  ] as const)('writes text %s, and the reader understands it', (xmlText, document) => {
    const written = renderXml(tree, { ...DEFAULT_GATEWAY_OPTIONS, xmlText });
    expect(written).toBe(document);
    expect(read(written).children[0]?.text).toBe('x <&> ]]> "q"');
  });

  it('replaces what XML cannot hold', () => {
    expect(renderXml(element('a', leaf('b', 'x\u0000y')), DEFAULT_GATEWAY_OPTIONS)).toContain('<b>x?y</b>');
  });
});
