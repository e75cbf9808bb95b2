/** `usher send`: sign a sample as the sender does, and post it. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Console, DateTime, Effect, Layer, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { SecureRandom } from "effect/crypto"
import { HttpClient } from "effect/http"
import { type Delivery, Secret, Sender } from "@usher/signatures"
import { sample, sign } from "@usher/signatures/testing"
import * as Posting from "../../outbound/Posting.ts"
import { Reported } from "../support/exit.ts"
import { Failed, failed, usage } from "../support/failure.ts"
import { jsonFlag, textFlag } from "../support/flags.ts"
import { lines } from "../support/print.ts"
import { atFlag, bodyFlag, readBytes, type Subject, subjectFlags, subjectOf, urlOf } from "./signing.ts"

export const send = Command.make(
  "send",
  {
    ...subjectFlags,
    secrets: subjectFlags.secrets.pipe(
      Flag.withDescription("The secret to sign with. A source has its own. The first one is used")
    ),
    url: textFlag("url", "The URL to post to. Default for a source: the configured server"),
    body: Flag.optional(bodyFlag(". Default: a sample in the sender's format")),
    member: Flag.String("member").pipe(
      Flag.withDefault("sam@example.com"),
      Flag.withDescription("The address in the sample. Default: sam@example.com")
    ),
    id: textFlag("id", "The delivery id. Default: a new one"),
    at: atFlag("The time of the signature. Default: now"),
    headers: Flag.KeyValuePair("header").pipe(
      Flag.withDefault({}),
      Flag.withDescription("An additional header. Repeatable")
    ),
    json: jsonFlag
  },
  Effect.fnUntraced(function* (input) {
    const subject = yield* subjectOf(input.sender, input)
    const { sender } = subject
    const now = yield* DateTime.now
    const at = Option.getOrElse(input.at, () => now)
    const fresh = `msg_${yield* (yield* SecureRandom.SecureRandom).ulid}`
    const id = Option.getOrElse(input.id, () => fresh)
    const target = yield* targetOf(subject, yield* urlOf(input.url))
    const content = Option.isSome(input.body)
      ? { ...ownContent, body: yield* readBytes(input.body.value) }
      : sample(sender, { member: input.member, id, at })
    const kind = Option.isSome(input.body) ? "own" : content.isGeneric ? "generic" : "sender"
    const delivery = yield* sign(sender, {
      secret: yield* secretOf(subject, at),
      id,
      at,
      url: target.called,
      headers: { ...content.headers, ...lowerCase(input.headers) },
      body: content.body
    })
    const { origin, pathname } = new URL(target.posted)
    // Without the query, which may hold a token.
    const url = origin + pathname
    const answer = yield* post(target.posted, url, delivery)
    const deliveryId = Sender.deliveryId(sender, delivery) ?? null
    yield* Console.log(
      input.json
        ? JSON.stringify({ sender: sender.name, url, deliveryId, sample: kind, ...answer })
        : lines([
            `${delivery.method} ${url} as ${sender.name}, ${deliveryId === null ? "without a delivery id" : `delivery id ${deliveryId}`}`,
            kind === "generic" &&
              `The body is plain JSON with the address at "email", because no sample of ${sender.name} is known. Give your own body with --body.`,
            `Response ${answer.status}`,
            answer.body !== "" && answer.body
          ])
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

const ownContent = { headers: { "content-type": "application/json" }, isGeneric: false }

/** The URL to post to, and the URL to sign. They differ behind a proxy. */
const targetOf = ({ config, webhook }: Subject, url: string | undefined) => {
  if (config === undefined || webhook === undefined) {
    return url === undefined
      ? Effect.fail(usage("no target. Give --url, or the name of a source with --config"))
      : Effect.succeed({ posted: url, called: url })
  }
  const { host, port } = config
  if (url === undefined && port === 0) {
    return Effect.fail(usage("the configured port is 0 (any free port). Give --url"))
  }
  const posted = url ?? `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}${webhook.path}`
  return Effect.succeed({ posted, called: `${webhook.url}${new URL(posted).search}` })
}

const secretOf = ({ secrets, sender }: Subject, at: DateTime.Utc) => {
  const live = secrets.find((secret) => Secret.isLive(secret, DateTime.toEpochMillis(at)))
  if (live !== undefined) return Effect.succeed(live.value)
  return sender.scheme.scheme === "none"
    ? Effect.succeed("")
    : Effect.fail(failed(`${sender.name} has no valid secret to sign with`))
}

const post = (posted: string, shown: string, delivery: Delivery.Delivery) =>
  HttpClient.execute(Posting.request(posted, delivery)).pipe(
    Effect.flatMap((response) => Effect.map(response.text, (body) => ({ status: response.status, body }))),
    Effect.scoped,
    Effect.timeout("30 seconds"),
    Effect.mapError(({ _tag }) => {
      const why = _tag === "TimeoutError" ? "did not respond within 30 seconds" : "can't be reached"
      return new Failed({ kind: "unavailable", message: `${shown} ${why}` })
    })
  )
