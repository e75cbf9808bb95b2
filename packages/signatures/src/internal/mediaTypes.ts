/** Selects the media type of a body: the sender's row lists the possible types, and the request selects one of them. */

export type MediaType = "application/json" | "application/x-www-form-urlencoded" | "multipart/form-data"

export const [json, urlencoded, multipart] = [
  "application/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data"
] as const

export const any: readonly [MediaType, ...Array<MediaType>] = [json, urlencoded, multipart]

/** The media type of the Content-Type, in lower case; empty without one. */
export const namedBy = (contentType: string | undefined): string =>
  contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? ""

/** The type of the Content-Type if it is possible, else the first, which is the sender's usual type. */
export const typeOf = (
  contentType: string | undefined,
  mediaTypes: readonly [MediaType, ...Array<MediaType>]
): MediaType => {
  if (mediaTypes.length === 1) return mediaTypes[0]
  const named = namedBy(contentType)
  return mediaTypes.find((type) => type === named) ?? mediaTypes[0]
}
