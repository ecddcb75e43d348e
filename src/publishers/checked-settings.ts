/**
 * The one place where a publisher's settings get the type of its schema. The contract hands them over as an open record;
 * they were parsed by that schema when the configuration was loaded, and manifests do without zod.
 */
// oxlint-disable-next-line no-unnecessary-type-parameters -- it says, visibly at the call, which type is claimed
export function checkedSettings<Settings>(config: Readonly<Record<string, unknown>>): Settings {
  // oxlint-disable-next-line no-unsafe-type-assertion -- see above
  return config as unknown as Settings;
}
