/** `server`: the listeners of the relay and its public URL. */
import { ByteSize, Duration, Effect, Result, Schema } from "effect"
import { IpNetwork } from "effect/net"
import { RateConfig, rateOf } from "./RateConfig.ts"
import { isLoopback } from "@usher/admin/Hosts"
import type { Problems } from "./Problem.ts"
import { optional, optionalDuration, optionalSize } from "./optional.ts"

const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))

const PublicUrl = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^\s/?#]+[^\s?#]*$/u, { expected: "an http(s) URL without a query" })
)

/** A network. An address is a network with one member. */
const Network = Schema.String.check(
  Schema.makeFilter(
    (text) =>
      Result.isSuccess(IpNetwork.fromString(networkText(text))) ||
      "Expected an address or a network, such as 10.0.0.0/8 or fd00::/8"
  )
)

const networkText = (text: string) => (text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`)

const HostName = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/u, {
    expected: "a host name without scheme and port, such as usher.internal"
  })
)

const AdminListener = Schema.Struct({
  host: optional(
    Schema.NonEmptyString,
    "The address to listen on. Senders must not reach it. Default: 127.0.0.1"
  ),
  port: optional(Port, "The port to listen on. 0: any free port. Default: 8789"),
  hosts: Schema.optionalKey(Schema.Array(HostName)).annotateKey({
    description:
      "Additional host names that operators use, such as the name of a proxy. localhost, the address above and the host of publicUrl are always valid",
    examples: [["usher.internal"]]
  })
})

const Name = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/u, {
    expected: "a name of at most 100 letters, digits, dots, dashes and underscores, such as relay-1"
  })
)

/** Whether the name of a relay is valid. */
export const isName = Schema.is(Name)

export const ServerConfig = Schema.Struct({
  name: Schema.optionalKey(Name).annotateKey({
    description:
      "The name of this relay, which distinguishes it from other relays on the same database. Default: the host's name",
    examples: ["relay-1"]
  }),
  host: optional(
    Schema.NonEmptyString,
    "The address to listen on. 0.0.0.0: all addresses of the machine, which requires a listener for operators (admin)",
    "127.0.0.1"
  ),
  port: optional(Port, "The port to listen on. 0: any free port", 8787),
  admin: optional(
    AdminListener,
    "A separate listener for operators. It serves the dashboard, the admin API, metrics and readiness in place of the main listener. Required unless host is a loopback address"
  ),
  publicUrl: Schema.optionalKey(PublicUrl).annotateKey({
    description:
      "The public URL that senders call. Some senders sign it. Default: http:// with the host and port above",
    examples: ["https://hooks.example.com"]
  }),
  trustedProxies: Schema.optionalKey(Schema.Array(Network)).annotateKey({
    description:
      "Addresses and networks of your own proxies. The relay trusts their X-Forwarded-For to find the client's address, by which limits count",
    examples: [["127.0.0.1", "10.0.0.0/8"]]
  }),
  maxBodySize: optionalSize("The maximum size of a body. Larger bodies are refused", "1 MiB"),
  maxBodyTotal: optionalSize(
    "The maximum total size of the bodies being read. The relay answers 503 above it. Each client gets at most half, but always enough for one body of maxBodySize",
    "64 MiB"
  ),
  requestTimeout: optionalDuration(
    "The time to receive a complete request. A slower client gets 408",
    "10 seconds"
  ),
  keepAliveTimeout: optionalDuration(
    "How long an idle connection stays open after a completed request, at most an hour. Set it longer than the idle timeout of the proxy in front. Otherwise the proxy may send a request on a connection that the relay is closing, and answer 502",
    "75 seconds"
  ),
  deadline: optionalDuration(
    "The time to answer a webhook, counted from when its body has been read. The relay answers 503 if the webhook is not stored by then. The relay caps it at half a second less than the timeout of the sender",
    "2500 millis"
  ),
  refusals: optional(
    RateConfig,
    "The number of requests per client address that may fail verification. Above it the relay answers the client's requests with 503 without reading them",
    { perSecond: 10, burst: 200 }
  )
})

/** IPv6 addresses need brackets in a URL. */
const bracketed = (host: string) => (host.includes(":") ? `[${host}]` : host)

/** Whether a URL has a user or a password. */
export const holdsCredentials = (url: string): boolean => /^https?:\/\/[^/]*@/.test(url)

const usual = {
  host: "127.0.0.1",
  port: 8787,
  requestTimeout: Duration.seconds(10),
  keepAliveTimeout: Duration.seconds(75),
  maxBodySize: ByteSize.mebibytes(1),
  maxBodyTotal: ByteSize.mebibytes(64),
  deadline: Duration.millis(2_500)
}

export const resolve = (config: typeof ServerConfig.Type = {}) => {
  const {
    name,
    admin,
    publicUrl,
    trustedProxies = [],
    refusals = { perSecond: 10, burst: 200 },
    ...rest
  } = { ...usual, ...config }
  return {
    ...rest,
    /** Undefined: the name of the host. */
    name,
    /** The listener for operators, if it is separate. `hosts`: names in addition to those that are always valid. */
    admin: admin && { host: "127.0.0.1", port: 8789, hosts: [], ...admin },
    /** Without a slash at the end. */
    publicUrl: (publicUrl ?? `http://${bracketed(rest.host)}:${rest.port}`).replace(/\/+$/, ""),
    trustedProxies: trustedProxies.map((text) => IpNetwork.fromStringUnsafe(networkText(text))),
    refusals: rateOf(refusals)
  }
}

export type Server = ReturnType<typeof resolve>

/** Checks that the schema can't do. */
export const check = Effect.fnUntraced(function* (config: typeof ServerConfig.Type = {}, problems: Problems) {
  if (config.publicUrl !== undefined && holdsCredentials(config.publicUrl)) {
    yield* problems.note(["publicUrl"], "the URL has a user or a password: remove them")
  }
  if (
    config.keepAliveTimeout !== undefined &&
    Duration.isGreaterThan(config.keepAliveTimeout, maxKeepAlive)
  ) {
    yield* problems.note(["keepAliveTimeout"], "Expected at most an hour")
  }
  yield* checkListeners(resolve(config), problems)
})

const maxKeepAlive = Duration.hours(1)

const checkListeners = ({ host, port, admin }: Server, problems: Problems) => {
  if (admin === undefined) {
    if (isLoopback(host)) return Effect.void
    return problems.note(
      ["host"],
      "other machines can reach this address, so operators need a separate listener: add admin: { host: 127.0.0.1, port: 8789 } under server"
    )
  }
  if (admin.port !== port || port === 0 || admin.host !== host) return Effect.void
  return problems.note(["admin", "port"], "senders use this address and port: choose another port")
}
