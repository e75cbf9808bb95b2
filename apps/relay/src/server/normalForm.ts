/** One spelling for each path: a proxy's rule for `/api/` then covers all of the API. */
import type { HttpServerRequest } from "effect/http"

/** The path as the client wrote it, without the query. */
export const pathOf = ({ originalUrl }: Pick<HttpServerRequest.HttpServerRequest, "originalUrl">): string => {
  const authority = originalUrl.indexOf("://")
  const start = authority === -1 ? 0 : originalUrl.indexOf("/", authority + 3)
  if (start === -1) return "/"
  const query = originalUrl.indexOf("?", start)
  return originalUrl.slice(start, query === -1 ? undefined : query)
}

/** RFC 3986, section 2.3: these never need an escape. */
const escapedUnreserved = /%(?:2[de]|3\d|4[1-9a-f]|5[\daf]|6[1-9a-f]|7[\dae])/i

const segment = /^(?:[\w.~!$&'()*+,=:@-]|%[\da-f]{2})+$/i

const isPlain = (text: string): boolean =>
  segment.test(text) && !escapedUnreserved.test(text) && text !== "." && text !== ".."

/** Whether the path is written like the route that it matched: `/api/webhooks/:id`, `/assets/*`. */
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
