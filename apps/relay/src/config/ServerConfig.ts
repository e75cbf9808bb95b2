/** `server`: where the relay listens, and how it is seen from outside. */
import { type ByteSize, type Duration, Effect, Result, Schema } from "effect"
import { IpNetwork } from "effect/net"
import type { Source } from "@usher/engine"
import { Rate, rateOf, Size } from "./Amount.ts"
import type { Problems } from "./Problem.ts"
import { Length } from "./Time.ts"

const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))

const PublicUrl = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^\s/?#]+[^\s?#]*$/u, { expected: "an http(s) URL without a query" })
)

/** An address is a network of one. */
const Network = Schema.String.check(
  Schema.makeFilter(
    (text) =>
      Result.isSuccess(IpNetwork.fromString(networkText(text))) ||
      "Expected an address or a network, such as 10.0.0.0/8 or fd00::/8"
  )
)

const networkText = (text: string) => (text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`)

export const ServerConfig = Schema.Struct({
  host: Schema.optionalKey(Schema.NonEmptyString).annotateKey({
    description: "the address to listen on; 0.0.0.0 for all of this machine",
    default: "127.0.0.1"
  }),
  port: Schema.optionalKey(Port).annotateKey({
    description: "the port to listen on; 0 for any that is free",
    default: 8787
  }),
  publicUrl: Schema.optionalKey(PublicUrl).annotateKey({
    description:
      "what senders call, as seen from outside: some sign it. Unless told, http:// with the host and port above",
    examples: ["https://hooks.example.com"]
  }),
  trustedProxies: Schema.optionalKey(Schema.Array(Network)).annotateKey({
    description:
      "addresses and networks of your own proxies, whose X-Forwarded-For is believed: the client's address is what limits count by",
    examples: [["127.0.0.1", "10.0.0.0/8"]]
  }),
  maxBodySize: Schema.optionalKey(
    Size.pipe(
      Schema.annotateEncoded({
        description: "longer bodies are refused",
        default: "1 MiB"
      })
    )
  ),
  maxBodyTotal: Schema.optionalKey(
    Size.pipe(
      Schema.annotateEncoded({
        description:
          "how much of all bodies that are being read may be held together; more is answered with 503. One client gets half of it at most, and a body of maxBodySize always fits",
        default: "64 MiB"
      })
    )
  ),
  requestTimeout: Schema.optionalKey(
    Length.pipe(
      Schema.annotateEncoded({
        description: "within which a request has to have arrived whole; a slower client is answered with 408",
        default: "10 seconds"
      })
    )
  ),
  deadline: Schema.optionalKey(
    Length.pipe(
      Schema.annotateEncoded({
        description:
          "within which a webhook is answered, from when it has arrived; what is not stored by then is answered with 503. At the most half a second less than its sender waits",
        default: "2500 millis"
      })
    )
  ),
  refusals: Schema.optionalKey(Rate).annotateKey({
    description:
      "how many requests of one address may be no verified deliveries, in the long run and at once; after that the relay answers its requests with 503 before it reads them. Default: 10 a second and 200 at once"
  })
})

export interface Server {
  readonly host: string
  readonly port: number
  /** Without a slash at the end. */
  readonly publicUrl: string
  readonly trustedProxies: ReadonlyArray<IpNetwork.IpNetwork>
  readonly requestTimeout: Duration.Duration | undefined
  readonly maxBodySize: ByteSize.ByteSize | undefined
  readonly maxBodyTotal: ByteSize.ByteSize | undefined
  readonly deadline: Duration.Duration | undefined
  readonly refusals: Source.Limit | undefined
}

/** An address with colons stands in brackets in a URL. */
const bracketed = (host: string) => (host.includes(":") ? `[${host}]` : host)

/** What stands before the host of a URL is a secret more often than not. */
export const holdsCredentials = (url: string): boolean => /^https?:\/\/[^/]*@/.test(url)

export const check = (config: typeof ServerConfig.Type = {}, problems: Problems) =>
  config.publicUrl !== undefined && holdsCredentials(config.publicUrl)
    ? problems.note(["publicUrl"], "no user and no password may stand in this URL")
    : Effect.void

export const resolve = (config: typeof ServerConfig.Type = {}): Server => {
  const { host = "127.0.0.1", port = 8787, publicUrl = `http://${bracketed(host)}:${port}` } = config
  const { trustedProxies = [], requestTimeout, maxBodySize, maxBodyTotal, deadline, refusals } = config
  return {
    host,
    port,
    publicUrl: publicUrl.replace(/\/+$/, ""),
    trustedProxies: trustedProxies.map((text) => IpNetwork.fromStringUnsafe(networkText(text))),
    requestTimeout,
    maxBodySize,
    maxBodyTotal,
    deadline,
    refusals: rateOf(refusals)
  }
}
