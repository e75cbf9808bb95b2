/** A relay that has a source for every sender, each named after its sender, and more sources for single attacks. */
import { DateTime, Effect, Option } from "effect"
import { type Sender, Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"

const publicUrl = "https://hooks.example.com"

/** By the names under which the configuration asks for them. */
export const secrets = {
  SPOT_KEY: "key-of-the-spot",
  SECRET: `whsec_${btoa("the secret of a sender")}`,
  PASSWORD: "relay:a-password-of-a-sender",
  VERIFY_TOKEN: "the verify token of a sender",
  /** The key pair that Svix publishes for tests. */
  PUBLIC_KEY: "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
  OPERATE_TOKEN: "operate-0123456789abcdef0123456789abcdef",
  READ_TOKEN: "read-0123456789abcdef0123456789abcdef0"
}

/** The sources of single attacks, and the sender of each. */
const extra = {
  /** Verifies ed25519 signatures. */
  asymmetric: "standard-webhooks",
  /** Accepts 5 deliveries a second. */
  limited: "custom",
  /** Evaluates a regular expression that backtracks. */
  backtracking: "custom",
  /** Invites with a Spot whose answers do not end. */
  endless: "token"
} as const

const secretOf = ({ scheme }: Sender.Sender): keyof typeof secrets =>
  scheme.scheme === "basic" ? "PASSWORD" : "SECRET"

const sourceOf = (sender: Sender.Sender) => ({
  sender: sender.name,
  ...(sender.scheme.scheme === "none" ? {} : { secrets: [{ env: secretOf(sender) }] }),
  ...(sender.name === "meta" ? { verifyToken: { env: "VERIFY_TOKEN" } } : {}),
  spot: "main",
  invite: { live: `live-${sender.name}`, member: { expr: sender.email ?? "email" } }
})

const senderNamed = (name: string): Sender.Sender => Option.getOrThrow(Senders.get(name))

export const senderOf = (source: string): Sender.Sender =>
  senderNamed(Object.entries(extra).find(([name]) => name === source)?.[1] ?? source)

/** Of the right shape, and not the configured one. */
export const wrongSecretOf = (source: string): string =>
  senderOf(source).scheme.scheme === "basic" ? "relay:another-password" : `whsec_${btoa("another secret")}`

/** The names of the sources that are named after their sender. */
export const names: ReadonlyArray<string> = Senders.names

export const configuration = (upstream: { readonly url: string; readonly endless: string }): string =>
  JSON.stringify({
    // The addresses of clients are those that a proxy on this machine tells.
    server: { port: 0, publicUrl, trustedProxies: ["127.0.0.1"] },
    database: "sqlite:./usher.db",
    spots: {
      main: { secretKey: { env: "SPOT_KEY" }, baseUrl: upstream.url },
      endless: { secretKey: { env: "SPOT_KEY" }, baseUrl: upstream.endless }
    },
    admin: {
      tokens: [
        { env: "OPERATE_TOKEN", name: "ops", scope: "operate" },
        { env: "READ_TOKEN", name: "viewer" }
      ]
    },
    sources: {
      ...Object.fromEntries(Senders.all.map((sender) => [sender.name, sourceOf(sender)])),
      asymmetric: { ...sourceOf(senderNamed(extra.asymmetric)), secrets: [{ env: "PUBLIC_KEY" }] },
      limited: { ...sourceOf(senderNamed(extra.limited)), limit: { perSecond: 5, burst: 20 } },
      backtracking: {
        ...sourceOf(senderNamed(extra.backtracking)),
        when: { expr: "$exists($match(text, /^(a+)+$/))" }
      },
      endless: { ...sourceOf(senderNamed(extra.endless)), spot: "endless" }
    }
  })

export interface Signing {
  readonly body: Uint8Array | string
  readonly id?: string
  readonly headers?: Readonly<Record<string, string>>
  /** In place of the configured one. */
  readonly secret?: string
}

/** The request by which the source's sender delivers: what to pass to `ask`. */
export const delivery = Effect.fnUntraced(function* (source: string, { body, ...options }: Signing) {
  const sender = senderOf(source)
  const at = yield* DateTime.now
  const signing = (body: Uint8Array | string) =>
    sign(sender, {
      secret: secrets[secretOf(sender)],
      at,
      url: `${publicUrl}/webhooks/${source}`,
      body,
      ...options,
      headers: { "content-type": "application/json", ...options.headers }
    })
  // No sender can sign an event that is nested too deep to be printed: it goes with the signature of another one.
  const { headers, url } = yield* Effect.catchCause(signing(body), () => signing("[{}]"))
  return { method: "POST", path: url.slice(publicUrl.length), headers, body: Buffer.from(body) }
})
