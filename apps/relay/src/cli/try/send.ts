/** `usher send`: sign a sample as the sender would, and post it. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Console, DateTime, Effect, Layer, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { SecureRandom } from "effect/crypto"
import { HttpClient } from "effect/http"
import { type Delivery, Secret, Sender } from "@usher/signatures"
import { sample, sign } from "@usher/signatures/testing"
import type * as ConfigFile from "../../config/ConfigFile.ts"
import * as Posting from "../../outbound/Posting.ts"
import { Reported } from "../support/exit.ts"
import { Failed } from "../support/failure.ts"
import { jsonFlag } from "../support/flags.ts"
import {
  atFlag,
  bodyDescription,
  loadSources,
  readBytes,
  secretsFlag,
  senderArgument,
  sourcesFlag,
  type Subject,
  subjectOf,
  urlOf,
  usage
} from "./signing.ts"

export const send = Command.make(
  "send",
  {
    sender: senderArgument,
    config: sourcesFlag,
    secrets: secretsFlag.pipe(
      Flag.withDescription("The secret to sign with. A source has its own. The first one is used")
    ),
    url: Flag.String("url").pipe(
      Flag.optional,
      Flag.withDescription("The URL to post to. Default for a source: the configured server")
    ),
    body: Flag.String("body").pipe(
      Flag.withMetavar("file | -"),
      Flag.optional,
      Flag.withDescription(`${bodyDescription}. Default: a sample in the sender's format`)
    ),
    member: Flag.String("member").pipe(
      Flag.withDefault("sam@example.com"),
      Flag.withDescription("The address in the sample. Default: sam@example.com")
    ),
    id: Flag.String("id").pipe(Flag.optional, Flag.withDescription("The delivery id. Default: a new one")),
    at: atFlag("The time of the signature. Default: now"),
    headers: Flag.KeyValuePair("header").pipe(
      Flag.withDefault({}),
      Flag.withDescription("An additional header. Repeatable")
    ),
    json: jsonFlag
  },
  Effect.fnUntraced(function* (input) {
    const config = yield* loadSources(input.config)
    const subject = yield* subjectOf(input.sender, input.secrets, config)
    const now = yield* DateTime.now
    const at = Option.getOrElse(input.at, () => now)
    const fresh = `msg_${yield* (yield* SecureRandom.SecureRandom).ulid}`
    const id = Option.getOrElse(input.id, () => fresh)
    const target = yield* targetOf(subject, input.url, config)
    const content = yield* contentOf(input, subject, id, at)
    const delivery = yield* sign(subject.sender, {
      secret: yield* secretOf(subject, at),
      id,
      at,
      url: target.called,
      headers: { ...content.headers, ...lowerCase(input.headers) },
      body: content.body
    })
    const answer = yield* post(target.posted, delivery)
    const { origin, pathname } = new URL(target.posted)
    const deliveryId = Sender.deliveryId(subject.sender, delivery) ?? null
    yield* Console.log(
      input.json
        ? JSON.stringify({
            sender: subject.sender.name,
            url: origin + pathname,
            deliveryId,
            sample: content.sample,
            ...answer
          })
        : [
            `${delivery.method} ${origin}${pathname} as ${subject.sender.name}, ${deliveryId === null ? "without a delivery id" : `delivery id ${deliveryId}`}`,
            ...(content.sample === "generic"
              ? [
                  `The body is plain JSON with the address at "email", because no sample of ${subject.sender.name} is known. Give your own body with --body.`
                ]
              : []),
            `Response ${answer.status}`,
            ...(answer.body === "" ? [] : [answer.body])
          ].join("\n")
    )
    if (answer.status < 200 || answer.status > 299) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Sign a delivery as its sender does and post it. Exit code 0 if the response is 2xx, 1 if not"
  ),
  Command.withExamples([
    {
      command: "usher send webinar-form --config usher.yaml --member you@example.com",
      description: "To a source of the relay that uses this configuration, signed with the source's secret"
    },
    {
      command:
        "usher send stripe --secret env:STRIPE_SECRET --url http://127.0.0.1:8787/webhooks/shop --body event.json --header x-test=1",
      description: "Your own body, to any URL"
    }
  ]),
  Command.provide(Layer.mergeAll(NodeHttpClient.layerUndici, SecureRandom.layerWebCrypto))
)

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** Where it goes, and the URL that is signed: behind a proxy these are two. */
interface Target {
  readonly posted: string
  readonly called: string
}

const targetOf = Effect.fnUntraced(function* (
  { source }: Subject,
  told: Option.Option<string>,
  config: Option.Option<ConfigFile.Resolved>
) {
  const url = yield* Effect.transposeOption(Option.map(told, urlOf))
  if (Option.isSome(config) && Option.isSome(source)) {
    const { host, port, relay } = config.value
    if (Option.isNone(url) && port === 0) {
      return yield* usage("the configured port is 0 (any free port). Give --url")
    }
    const path = `/webhooks/${source.value}`
    const posted = Option.getOrElse(
      url,
      () => `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}${path}`
    )
    const target: Target = { posted, called: `${relay.publicUrl}${path}${new URL(posted).search}` }
    return target
  }
  if (Option.isNone(url)) {
    return yield* usage("no target. Give --url, or the name of a source with --config")
  }
  const target: Target = { posted: url.value, called: url.value }
  return target
})

interface Content {
  readonly body: Uint8Array | string
  readonly headers: Readonly<Record<string, string>>
  /** `generic` when the sender's own shape is not known. */
  readonly sample: "own" | "generic" | "sender"
}

const contentOf = Effect.fnUntraced(function* (
  { body: file, member }: { readonly body: Option.Option<string>; readonly member: string },
  { sender }: Subject,
  id: string,
  at: DateTime.Utc
) {
  if (Option.isSome(file)) {
    const content: Content = {
      body: yield* readBytes(file.value),
      headers: { "content-type": "application/json" },
      sample: "own"
    }
    return content
  }
  const { body, headers, isGeneric } = sample(sender, { member, id, at })
  const content: Content = { body, headers, sample: isGeneric ? "generic" : "sender" }
  return content
})

const secretOf = ({ secrets, sender }: Subject, at: DateTime.Utc) => {
  const live = secrets.find((secret) => Secret.isLive(secret, DateTime.toEpochMillis(at)))
  if (live !== undefined) return Effect.succeed(live.value)
  return sender.scheme.scheme === "none"
    ? Effect.succeed("")
    : Effect.fail(new Failed({ kind: "failed", message: `${sender.name} has no valid secret to sign with` }))
}

/** The URL is not told in errors: its query may hold a token. */
const post = Effect.fnUntraced(function* (posted: string, delivery: Delivery.Delivery) {
  const { origin, pathname } = new URL(posted)
  const where = origin + pathname
  return yield* HttpClient.execute(Posting.request(posted, delivery)).pipe(
    Effect.flatMap((response) => Effect.map(response.text, (body) => ({ status: response.status, body }))),
    Effect.scoped,
    Effect.timeout("30 seconds"),
    Effect.mapError(
      (error) =>
        new Failed({
          kind: "unavailable",
          message: `${where} ${error._tag === "TimeoutError" ? "did not respond within 30 seconds" : "can't be reached"}`
        })
    )
  )
})
