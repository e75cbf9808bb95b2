/** Selects the proxy for a URL. */
import { Effect, Equal, Redacted, Result } from "effect"
import { IpNetwork, NetAddress } from "effect/net"

/** The URL of a proxy, with user and password. */
export type Proxy = Redacted.Redacted

export interface Proxies {
  /** For `http://` URLs. */
  readonly http?: Proxy | undefined
  /** For `https://` URLs. */
  readonly https?: Proxy | undefined
  /** Hosts that are called directly, in the format of `NO_PROXY`. */
  readonly except: ReadonlyArray<string>
}

export const none: Proxies = { except: [] }

/** The proxy for a URL. Undefined for a direct call. */
export const proxyFor = ({ http, https, except }: Proxies, url: string): Proxy | undefined => {
  const { protocol, hostname, port } = new URL(url)
  const proxy = protocol === "https:" ? https : http
  if (proxy === undefined) return
  const host = hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "")
  const number = port === "" ? (protocol === "https:" ? "443" : "80") : port
  return except.some((entry) => isNamed(entry, host, number)) ? undefined : proxy
}

/** Whether an entry (`*`, a host including subdomains, an address or a network, with an optional port) matches. */
const isNamed = (entry: string, host: string, port: string): boolean => {
  if (entry === "*") return true
  const [, bracketed, plain, only] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? ["", entry]
  if (only !== undefined && only !== port) return false
  const named = (bracketed ?? plain ?? "").toLowerCase()
  const address = Result.getOrUndefined(NetAddress.ipFromString(host))
  if (address !== undefined) {
    const network = IpNetwork.fromString(
      named.includes("/") ? named : `${named}/${named.includes(":") ? 128 : 32}`
    )
    return Result.isSuccess(network) && IpNetwork.contains(network.success, address)
  }
  const name = named.replace(/^\*?\./, "").replace(/\.$/, "")
  return name !== "" && (host === name || host.endsWith(`.${name}`))
}

/** The entries of a list separated by commas or spaces. */
export const entriesOf = (text: string): ReadonlyArray<string> =>
  text.split(/[\s,]+/).filter((entry) => entry !== "")

/** The URL without user and password, for display. */
export const nameOf = (proxy: Proxy): string => {
  const { protocol, host } = new URL(Redacted.value(proxy))
  return `${protocol}//${host}`
}

export const isSame = (one: Proxy | undefined, other: Proxy | undefined): boolean => Equal.equals(one, other)

export const expected = "the URL of a proxy, such as http://proxy.example.com:3128"

/** Parses the URL of a proxy. `host:port` is short for `http://host:port`. */
export const parse = (text: string): Result.Result<Proxy, string> => {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  if (/^socks/i.test(url)) return Result.fail("SOCKS is not supported. Expected " + expected)
  if (!URL.canParse(url)) return Result.fail(`Expected ${expected}`)
  const { protocol, hostname, pathname, search, username, password } = new URL(url)
  if (!/^https?:$/.test(protocol) || hostname === "" || pathname !== "/" || search !== "") {
    return Result.fail(`Expected ${expected}`)
  }
  return isDecodable(username + password)
    ? Result.succeed(Redacted.make(new URL(url).href))
    : Result.fail("the user or password is not percent-encoded: write % as %25")
}

const isDecodable = (text: string): boolean => {
  try {
    return decodeURIComponent(text) !== undefined
  } catch {
    return false
  }
}

/** Parses the URL of a proxy, or notes the problem. */
export const parseOrNote = (text: string, note: (reason: string) => Effect.Effect<void>) =>
  Effect.catch(Effect.fromResult(parse(text)), (reason) => Effect.as(note(reason), undefined))
