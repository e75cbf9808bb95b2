/**
 * The host names by which operators may call the relay. With DNS rebinding, another site can point its own name at this
 * machine; the browser then sends that name in `Host`.
 */

/**
 * Whether a host name or address is a loopback one.
 *
 * @category guards
 */
export const isLoopback = (host: string): boolean =>
  /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)

/** `0.0.0.0` and `::` listen on every address of the machine. */
const isEveryAddress = (host: string): boolean => host === "0.0.0.0" || /^\[?::\]?$/.test(host)

const isAddress = (host: string): boolean => /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/i.test(host)

/**
 * A host without its port. Undefined if the text is not a host.
 *
 * @category accessors
 */
export const nameOf = (host: string): string | undefined =>
  /^(\[[\da-f:.]+\]|[^:[\]/@\s]+?)\.?(?::\d*)?$/i.exec(host)?.[1]?.toLowerCase()

/**
 * The addresses of a server.
 *
 * @category options
 */
export interface Listening {
  /** The address that the listener is bound to. */
  readonly host: string
  /** The URL that senders and operators call. */
  readonly publicUrl: string
  /** Additional names. */
  readonly hosts: ReadonlyArray<string>
}

/**
 * Makes a function that checks whether a `Host` header names this server.
 *
 * @category constructors
 */
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
