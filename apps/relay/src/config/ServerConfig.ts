/** `server`: where the relay listens, and how it is seen from outside. */
import { ByteSize, Duration, Result, Schema } from "effect"
import { IpNetwork } from "effect/net"
import type { Source } from "@usher/engine"
import { Rate, rateOf, Size } from "./Amount.ts"
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
      "how many requests of one address may be refused, in the long run and at once, before it is not listened to for a while; what is accepted does not count",
    default: { perSecond: 100, burst: 1_000 }
  })
})

export interface Server {
  readonly host: string
  readonly port: number
  /** Without a slash at the end. */
  readonly publicUrl: string
  readonly trustedProxies: ReadonlyArray<IpNetwork.IpNetwork>
  readonly requestTimeout: Duration.Duration
  readonly maxBodySize: ByteSize.ByteSize
  readonly deadline: Duration.Duration
  readonly refusals: Source.Limit
}

export const resolve = (config: typeof ServerConfig.Type = {}): Server => {
  const { host = "127.0.0.1", port = 8787, publicUrl = `http://${host}:${port}` } = config
  const {
    trustedProxies = [],
    requestTimeout = Duration.seconds(10),
    maxBodySize = ByteSize.mebibytes(1),
    deadline = Duration.millis(2_500),
    refusals = { perSecond: 100, burst: 1_000 }
  } = config
  return {
    host,
    port,
    publicUrl: publicUrl.replace(/\/+$/, ""),
    trustedProxies: trustedProxies.map((text) => IpNetwork.fromStringUnsafe(networkText(text))),
    requestTimeout,
    maxBodySize,
    deadline,
    refusals: rateOf(refusals)
  }
}
