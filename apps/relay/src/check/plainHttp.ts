/** Detects addresses without encryption. */

/** Whether a host is this machine, so that nobody else can read the connection. */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?|\[?::ffff:127\..*)$/i.test(host)

/** Whether a URL is http to another machine. */
export const isPlain = (url: string): boolean => {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === "http:" && !isLoopback(hostname)
}

/** Whether the connection to Postgres may be unencrypted: it leads to another machine, and TLS is not required. */
export const isPlainPostgres = (url: string, hasAuthority: boolean): boolean => {
  if (hasAuthority || !URL.canParse(url)) return false
  const { hostname, searchParams } = new URL(url)
  if (hostname === "" || isLoopback(hostname)) return false
  return !/^(?:require|verify-ca|verify-full)$/.test(searchParams.get("sslmode") ?? "")
}
