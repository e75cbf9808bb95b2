/** Enforces one spelling for each path, so that a proxy rule for `/api/` covers the whole API. */
import type { HttpServerRequest } from "effect/http"

/** The path as sent by the client, without the query. */
export const pathOf = ({ originalUrl }: Pick<HttpServerRequest.HttpServerRequest, "originalUrl">): string => {
  const authority = originalUrl.indexOf("://")
  const start = authority === -1 ? 0 : originalUrl.indexOf("/", authority + 3)
  if (start === -1) return "/"
  const query = originalUrl.indexOf("?", start)
  return originalUrl.slice(start, query === -1 ? undefined : query)
}

/** Escapes of characters that never need one (RFC 3986, section 2.3). */
const escapedUnreserved = /%(?:2[de]|3\d|4[1-9a-f]|5[\daf]|6[1-9a-f]|7[\dae])/i

const segment = /^(?:[\w.~!$&'()*+,=:@-]|%[\da-f]{2})+$/i

const isPlain = (text: string): boolean =>
  segment.test(text) && !escapedUnreserved.test(text) && text !== "." && text !== ".."

/** Whether the path has the spelling of its matched route, such as `/api/webhooks/:id` or `/assets/*`. */
export const isNormal = (route: string, path: string): boolean => {
  if (path === "/") return route === "/" || route === "/*"
  const [declared, given] = [route.split("/"), path.split("/")]
  const isOpenEnded = declared.at(-1) === "*"
  if (isOpenEnded ? given.length < declared.length - 1 : given.length !== declared.length) return false
  return given.every((text, at) => {
    const expected = isOpenEnded && at >= declared.length - 1 ? "*" : declared[at]
    return expected === "*" || expected?.startsWith(":") === true ? isPlain(text) : text === expected
  })
}
