/**
 * The names under which operators may call the relay. A page of another site can make its own name stand for this machine
 * (DNS rebinding), and a browser then sends that name in `Host`.
 */
export const isLoopback = (host: string): boolean =>
  /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)

/** `0.0.0.0` and `::` listen on every address of the machine. */
const isEveryAddress = (host: string): boolean => host === "0.0.0.0" || /^\[?::\]?$/.test(host)

const isAddress = (host: string): boolean => /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/i.test(host)

/** Without the port; undefined for what is no host. */
export const nameOf = (host: string): string | undefined =>
  /^(\[[\da-f:.]+\]|[^:[\]/@\s]+?)\.?(?::\d*)?$/i.exec(host)?.[1]?.toLowerCase()

export interface Listening {
  /** The address that the listener is bound to. */
  readonly host: string
  readonly publicUrl: string
  /** Further names. */
  readonly hosts: ReadonlyArray<string>
}

/** Tells whether a `Host` header names this relay. */
export const allowing = ({
  host,
  publicUrl,
  hosts
}: Listening): ((header: string | undefined) => boolean) => {
  const names = new Set(
    [host.includes(":") ? `[${host}]` : host, new URL(publicUrl).hostname, ...hosts].map((name) =>
      name.toLowerCase()
    )
  )
  const takesAddresses = isEveryAddress(host)
  return (header) => {
    const name = header === undefined ? undefined : nameOf(header)
    if (name === undefined) return false
    return isLoopback(name) || names.has(name) || (takesAddresses && isAddress(name))
  }
}
