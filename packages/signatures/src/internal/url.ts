/** Spellings of a URL. A sender signs the URL that it called, and a proxy may change it. */

/** Whether a value is an absolute URL. */
export const isAbsolute = (url: unknown): url is string =>
  typeof url === "string" && /^[a-z][a-z0-9+.-]*:\/\/./i.test(url)

/** The values of a parameter, with "+" as a space, by the URL standard. */
export const queryOf = (url: string | undefined, name: string): ReadonlyArray<string> =>
  url !== undefined && URL.canParse(url) ? new URL(url).searchParams.getAll(name) : []

/** The readings of a parameter that is present once: people paste a "+" unescaped, and mean a "+". */
export const queryReadings = (url = "", name: string): ReadonlyArray<string> | "missing" | "repeated" => {
  const [standard, ...more] = queryOf(url, name)
  if (standard === undefined) return "missing"
  if (more.length > 0) return "repeated"
  if (!url.includes("+")) return [standard]
  const [literal = standard] = queryOf(url.replaceAll("+", "%2B"), name)
  return literal === standard ? [standard] : [standard, literal]
}

// "decode any of the URL-encoded characters listed": exactly these twelve, so %20, %26, %3D and %2B stay.
// https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
const hubspotEscapes = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi

export type UrlForm = "exact" | "hubspot"

export const urlForm = (form: UrlForm, url: string): string =>
  form === "exact" ? url : url.replaceAll(hubspotEscapes, (escape) => decodeURIComponent(escape))
