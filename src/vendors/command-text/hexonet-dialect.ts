/**
 * What HEXONET writes differently from RRPproxy: the form around the command. The command text itself and everything
 * about answers is the same (wire.ts).
 *
 * Sources: npm @hexonet/ispapi-apiconnector 9.0.8, src/apiclient.ts and src/socketconfig.ts; php-sdk v11.0.10, src/HEXONET.
 */

/** The entity, not only the host, decides whether an order is real: both must say the same. */
const entities = { live: '54cd', ote: '1234' } as const;

export interface HexonetCredentials {
  readonly environment: keyof typeof entities;
  /** `account`, or `account!role` for a role user. */
  readonly login: string;
  readonly password: string;
  /** Act in this sub-user's view. */
  readonly user?: string;
}

/** The body of a POST, form-encoded with `%20` for blanks as the vendor's own client sends it. */
export function hexonetForm(credentials: HexonetCredentials, commandText: string): string {
  const { environment, login, password, user } = credentials;
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['s_entity', entities[environment]],
    ['s_login', login],
    ['s_pw', password],
    ['s_user', user],
    ['s_command', commandText],
  ];
  return fields
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${formText(value)}`]))
    .join('&');
}

/** encodeURIComponent leaves `!'()*` as they are; the vendor's newer client encodes them as well. */
function formText(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
