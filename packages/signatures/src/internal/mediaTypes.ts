/** As what a body is read: its sender's row says what it may be, and a request picks only among these. */

export type MediaType = "application/json" | "application/x-www-form-urlencoded" | "multipart/form-data"

export const [json, urlencoded, multipart] = [
  "application/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data"
] as const

export const any: readonly [MediaType, ...Array<MediaType>] = [json, urlencoded, multipart]

/** The media type that the Content-Type names, in lower case; empty without one. */
export const namedBy = (contentType: string | undefined): string =>
  contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? ""

/** The one that the Content-Type names; else the first, which is the sender's usual one. */
export const typeOf = (
  contentType: string | undefined,
  mediaTypes: readonly [MediaType, ...Array<MediaType>]
): MediaType => {
  if (mediaTypes.length === 1) return mediaTypes[0]
  const named = namedBy(contentType)
  return mediaTypes.find((type) => type === named) ?? mediaTypes[0]
}
