import { createServer } from 'node:http';
import { parseXml, childOf, textAt, childrenOf, writeXml, node } from '../../src/vendors/common/xml.ts';
export async function shim(target: string, auth: string) {
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (c) => chunks.push(c));
    req.on('end', async () => {
      const body = Buffer.concat(chunks).toString();
      try {
        let root; try { root = parseXml(body); } catch { root = undefined; }
        const task = childOf(root, 'task');
        const code = textAt(task, 'code');
        if (code === '400115' || code === '400135') {
          const where = childOf(task, 'where');
          const filters = where ? [{ key: textAt(where, 'key'), operator: 'EQUAL', value: textAt(where, 'value') }] : [];
          const view = { limit: Number(textAt(task, 'view', 'limit')), offset: Number(textAt(task, 'view', 'offset')) };
          const path = code === '400115' ? '/v1/job/_search' : '/v1/job/history/_search';
          const pw = `${textAt(root, 'auth', 'user')}:${textAt(root, 'auth', 'password')}`;
          const url = target.replace(/\/gateway\/$/, '');
          const answer = await fetch(`${url}${path}?keys[]=object`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(pw).toString('base64')}`, 'x-domainrobot-context': '9', 'content-type': 'application/json', 'user-agent': 'shim' }, body: JSON.stringify({ filters, view, orders: [{ key: 'id', type: 'DESC' }] }) });
          const text = await answer.text();
          const json = JSON.parse(text);
          if (answer.status !== 200) { console.log('SHIM', answer.status, text); res.writeHead(answer.status).end('<response><result><status><code>E' + code + '</code><type>error</type></status></result></response>'); return; }
          const rows = (json.data ?? []).map((row: any) => node('certificate_job', [node('job', [node('id', String(row.job.id)), node('object', row.object?.value ?? ''), node('status', row.job.status), node('sub_status', row.job.subStatus ?? ''), node('created', new Date(row.job.created.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' })), node('type', 'ssl'), node('sub_type', row.job.subType ?? ''), node('action', row.job.action ?? '')])]));
          res.end(writeXml(node('response', [node('result', [node('data', [node('summary', String(json.object?.summary ?? rows.length)), ...rows]), node('status', [node('code', `S${code}`), node('type', 'success')])])])));
          return;
        }
        const forwarded = body.replace(/<ctid>[^<]*<\/ctid>/, '');
        const answer = await fetch(target, { method: req.method, redirect: 'manual', headers: { 'content-type': req.headers['content-type'] ?? '' }, body: forwarded });
        res.writeHead(answer.status, Object.fromEntries([...answer.headers].filter(([n]) => !/length|encoding|connection/.test(n))));
        const reader = answer.body?.getReader();
        for (;;) { const part = await reader?.read(); if (!part || part.done) break; res.write(part.value); }
        res.end();
      } catch { req.socket.destroy(); }
    });
  });
  await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
  const { port } = server.address() as any;
  return { url: `http://127.0.0.1:${port}/gateway/`, close: () => { server.closeAllConnections(); server.close(); } };
}
