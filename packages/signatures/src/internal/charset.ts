/** Decodes the text of a body. Its charset is that of a byte order mark, else of the Content-Type, else UTF-8. */
import { Result } from "effect"

const parameter = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))/i

/** The charset in the header; `undefined` without one. */
export const charsetOf = (contentType: string | undefined): string | undefined => {
  const found = contentType === undefined ? null : parameter.exec(contentType)
  return found === null ? undefined : (found[1] ?? found[2] ?? found[3])
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

/** Decodes a body, or fails with a reason that quotes nothing of it. */
export const textOf = (body: Uint8Array, contentType: string | undefined): Result.Result<string, string> => {
  const label = marked(body) ?? charsetOf(contentType)
  if (label === undefined) return decode(utf8, body)
  return Result.flatMap(decoderOf(label, { fatal: true }), (decoder) => decode(decoder, body))
}

const decode = (decoder: TextDecoder, body: Uint8Array) =>
  Result.try({
    try: () => decoder.decode(body),
    catch: () => `the body is not ${decoder.encoding.toUpperCase()}`
  })

/** The charset of a byte order mark. */
const marked = (body: Uint8Array): string | undefined => {
  const [first, second, third] = body
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8"
  if (first === 0xfe && second === 0xff) return "utf-16be"
  return first === 0xff && second === 0xfe ? "utf-16le" : undefined
}

/** The decoder for a label of the Encoding standard. */
export const decoderOf = (
  label: string,
  options: { readonly fatal: boolean; readonly ignoreBOM?: boolean }
): Result.Result<TextDecoder, string> =>
  Result.try({
    try: () => new TextDecoder(label, options),
    catch: () => `the charset ${/^[\w.:-]{1,40}$/.test(label) ? label : "of the content type"} is not known`
  })
