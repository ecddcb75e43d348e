/** Style sheet and icon, at addresses that change with them, so that browsers may keep them. */
import { hash } from 'node:crypto';
import { styleSheet } from './style.ts';

export interface Asset {
  readonly type: string;
  readonly body: string;
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1f5fbf"/><rect x="2" y="6" width="8" height="4" fill="#fff"/><rect x="10" y="6" width="4" height="4" fill="#f2b233"/></svg>`;

function named(stem: string, extension: string, body: string): string {
  return `/${stem}-${hash('sha256', body, 'hex').slice(0, 16)}.${extension}`;
}

export const stylePath = named('style', 'css', styleSheet);
export const iconPath = named('icon', 'svg', icon);

export function findAsset(path: string): Asset | undefined {
  if (path === stylePath) return { type: 'text/css; charset=utf-8', body: styleSheet };
  return path === iconPath ? { type: 'image/svg+xml; charset=utf-8', body: icon } : undefined;
}
