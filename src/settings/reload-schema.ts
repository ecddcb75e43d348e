/** The ways to make a server read its new files: a program, a signal to a neighbour, or HAProxy's own socket. */
import { z } from 'zod';
import { reloadSignals } from '../core/certificate.ts';
import { commandSchema, pathTextSchema } from './field-schemas.ts';

const absolutePathSchema = pathTextSchema.startsWith('/', 'must be an absolute path');

const signalSchema = z.strictObject({
  signal: z
    .enum(reloadSignals)
    .describe('What the server reloads on, without SIG: nginx and Apache HUP or USR1.'),
  pidFile: absolutePathSchema.describe(
    'File in which the server keeps its process id. The process namespace has to be shared, and the user be the same.',
  ),
});

const haproxySchema = z.strictObject({
  haproxy: absolutePathSchema.describe(
    'Socket of HAProxy’s master process (`haproxy -W -S PATH`), which is told to reload.',
  ),
});

export const reloadSchema = z
  .union([commandSchema, signalSchema, haproxySchema], {
    error: (issue) =>
      typeof issue.input === 'string'
        ? 'must be a list of program and arguments, because no shell is used: [systemctl, reload, nginx]'
        : 'must be a list of program and arguments, e.g. [systemctl, reload, nginx]',
  })
  .describe(
    'What makes the server read the new files: program and arguments, run without a shell; or for a neighbour in another container a signal (`{ signal: HUP, pidFile: /run/nginx/nginx.pid }`), or HAProxy’s socket (`{ haproxy: /run/haproxy/master.sock }`).',
  );
