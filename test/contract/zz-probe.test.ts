import { test } from 'vitest';
import { manifest } from '../../src/providers/internetx/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import { openWorld } from './provider/world.ts';
test('probe', async () => {
  const { user, password } = sandboxAccounts.internetx;
  const vendor: any = { manifest, path: '/gateway/', login: user, password,
    settings: { user, context: 9, encoding: 'xml', adminContact: '100', requestsPerSecond: 3 },
    products: { usual: 'SSL123', wildcard: 'SSL123WILDCARD', cname: 'COMODO_SSL' }, several: 'SSL123' };
  const w = await openWorld({ vendor, open: manifest.create });
  const base = `http://127.0.0.1:${w.tap.port}/gateway/`;
  const ask = async (task: string) => {
    const r = await fetch(base, { method: 'POST', headers: { 'content-type': 'application/xml' }, body: `<request><auth><user>${user}</user><password>${password}</password><context>9</context></auth><task>${task}</task></request>` });
    console.log(r.status, task.slice(0, 60), '\n', (await r.text()).replace(/MI[A-Za-z0-9+\/=\s]{40,}/g, 'PEM'));
  };
  const { request } = await w.request({ names: ['one.example.test', 'other.example.test'] });
  await ask(`<code>400110</code><certificate_request><plain><![CDATA[${request.csrPem}]]></plain><product>SSL123</product></certificate_request>`);
  const p = await w.place({ names: ['one.example.test', 'other.example.test'] });
  await ask(`<code>400114</code><certificate_job><job><id>${p.reading.handle.jobId}</id></job></certificate_job>`);
  w.prove((await w.provider.read(p.reading.handle, AbortSignal.timeout(9999))).challenges);
  await w.sandbox.tick();
  await ask(`<code>400114</code><certificate_job><job><id>${p.reading.handle.jobId}</id></job></certificate_job>`);
  const q = await w.place({ names: ['one.example.test'] });
  w.prove(q.reading.challenges);
  await w.sandbox.tick();
  await ask(`<code>400114</code><certificate_job><job><id>${q.reading.handle.jobId}</id></job></certificate_job>`);
  await ask('<code>400105</code><view><limit>5</limit><offset>0</offset></view><where><key>name</key><operator>eq</operator><value>one.example.test</value></where><order><key>id</key><mode>desc</mode></order><key>created</key>');
  await ask('<code>0905</code>');
  await ask('<code>400104</code><certificate><id>571</id></certificate>');
  await ask('<code>400205</code>');
  await ask('<code>400118</code><certificate_job><job><id>1</id></job></certificate_job>');
  await ask('<code>300121</code><job><id>1</id></job>');
  await ask('<code>400103</code><certificate><id>571</id></certificate>');
  await ask('<code>0205</code><view><children>1</children><limit>1</limit></view><where><key>name</key><operator>eq</operator><value>example.test</value></where>');
  await ask('<code>0205</code><zone><name>example.test</name></zone>');
  await w.end().catch((e) => console.log(String(e)));
});
