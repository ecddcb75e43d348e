/** "${NAME}" in the few paths that a service manager hands over through the environment. */

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export type Expansion = { readonly text: string } | { readonly missing: string };

/** Replaces every "${NAME}"; anything else that has a dollar sign stays. A variable that is unset or empty is missing. */
export function expandVariables(text: string, env: Readonly<Record<string, string | undefined>>): Expansion {
  let missing: string | undefined;
  const expanded = text.replaceAll(variable, (whole, name: string) => {
    const value = env[name];
    if (value === undefined || value === '') missing ??= name;
    return value ?? whole;
  });
  return missing === undefined ? { text: expanded } : { missing };
}

/** The names of the variables that occur in a text. */
export function variableNames(text: string): readonly string[] {
  return [...text.matchAll(variable)].map(([, name = '']) => name);
}
