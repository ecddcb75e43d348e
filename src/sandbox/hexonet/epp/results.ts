/** Command codes as EPP results (RFC 5730 §3); the command's own code and text travel in `<reason>`. */

const MESSAGES: ReadonlyMap<number, string> = new Map([
  [1000, 'Command completed successfully'],
  [1001, 'Command completed successfully; action pending'],
  [1500, 'Command completed successfully; ending session'],
  [2000, 'Unknown command'],
  [2001, 'Command syntax error'],
  [2002, 'Command use error'],
  [2003, 'Required parameter missing'],
  [2004, 'Parameter value range error'],
  [2005, 'Parameter value syntax error'],
  [2100, 'Unimplemented protocol version'],
  [2101, 'Unimplemented command'],
  [2102, 'Unimplemented option'],
  [2103, 'Unimplemented extension'],
  [2104, 'Billing failure'],
  [2105, 'Object is not eligible for renewal'],
  [2200, 'Authentication error'],
  [2201, 'Authorization error'],
  [2302, 'Object exists'],
  [2303, 'Object does not exist'],
  [2304, 'Object status prohibits operation'],
  [2306, 'Parameter value policy error'],
  [2307, 'Unimplemented object service'],
  [2400, 'Command failed'],
  [2500, 'Command failed; server closing connection'],
  [2501, 'Authentication error; server closing connection'],
  [2502, 'Session limit exceeded; server closing connection'],
]);

export const messageOfResult = (code: number): string => MESSAGES.get(code) ?? 'Command failed';

/** RFC 5730 §3: these end the connection, whoever says so. */
export const endsConnection = (code: number): boolean => code === 1500 || code >= 2500;

const RESULTS: ReadonlyMap<number, number> = new Map([
  [420, 2500],
  [500, 2000],
  [501, 2102],
  [503, 2005],
  [504, 2003],
  [505, 2005],
  [506, 2004],
  [507, 2001],
  [520, 2500],
  [521, 2502],
  [530, 2200],
  [531, 2201],
  [540, 2302],
  [541, 2306],
  [545, 2303],
  [546, 2104],
  [547, 2002],
  [548, 2105],
  [552, 2304],
]);

export function resultOf(commandCode: number, pending: boolean): number {
  if (commandCode === 220) return 1500;
  if (commandCode >= 200 && commandCode < 300) return pending ? 1001 : 1000;
  return RESULTS.get(commandCode) ?? 2400;
}
