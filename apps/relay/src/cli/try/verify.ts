/** `usher verify`: verify a captured delivery, and explain why it is not valid. */
import { DateTime, Effect, Console, Option, Result, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { Display } from "@usher/admin"
import { Body, Delivery, Diagnosis, Handshake, Scheme, Secret, Sender } from "@usher/signatures"
import { Reported } from "../support/exit.ts"
import { failed, usage } from "../support/failure.ts"
import { present } from "../support/filters.ts"
import { jsonFlag, textFlag } from "../support/flags.ts"
import { jsonText } from "../support/print.ts"
import { schemeFlags, schemeOf } from "./customScheme.ts"
import { atFlag, bodyFlag, readBytes, type Subject, subjectFlags, subjectOf, urlOf } from "./signing.ts"
import { invalid, valid } from "./verifyReport.ts"

const headersExample = `{"stripe-signature": "t=1795424400,v1=…"}`

export const verify = Command.make(
  "verify",
  {
    ...subjectFlags,
    headers: Flag.String("headers").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription(
        `A file with a JSON object of the headers, such as ${headersExample}. Names in any case`
      )
    ),
    body: bodyFlag(),
    method: Flag.String("method").pipe(
      Flag.withDefault("POST"),
      Flag.withDescription("The request method, which HubSpot signs. Default: POST")
    ),
    url: textFlag("url", "The public URL that the sender called. Some senders sign it"),
    at: atFlag(
      "When the delivery was received. Default: now, which makes a captured delivery too old after a few minutes"
    ),
    custom: schemeFlags,
    json: jsonFlag
  },
  Effect.fnUntraced(function* (input) {
    const isValidation = input.sender === zoomUrlValidation
    const named = yield* subjectOf(isValidation ? "zoom" : input.sender, input)
    const scheme = (yield* schemeOf(input.sender, input.custom)) ?? named.sender.scheme
    const subject: Subject = { ...named, sender: { ...named.sender, scheme } }
    const delivery = yield* readDelivery(input, subject)
    const outcome =
      isValidation && delivery.headers["x-zm-signature"] === undefined
        ? yield* validation(subject, delivery)
        : yield* judge(subject, delivery, input.at)
    yield* Console.log(input.json ? jsonText(outcome.json) : Display.block(outcome.text))
    if (!outcome.valid) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Verify the signature of a captured delivery, and explain a failure. Exit code 0 if it is valid, 1 if not"
  ),
  Command.withExamples([
    {
      command: "usher verify stripe --secret env:STRIPE_SECRET --headers headers.json --body body.json",
      description: "A delivery received just now, with the secret in an environment variable"
    },
    {
      command:
        "usher verify hubspot --secret env:OLD --secret env:NEW --headers h.json --body b.json --url https://hooks.example.com/hubspot --at 2026-11-23T09:00:00Z",
      description: "An older delivery, whose sender signs the URL, with two valid secrets"
    },
    {
      command:
        "usher verify custom --header x-acme --algorithm sha512 --signed '{timestamp}.{body}' --timestamp-header x-acme-time --secret env:ACME --headers h.json --body -",
      description: "From an unknown sender, with the body from standard input"
    },
    {
      command: "usher verify webinar-form --config usher.yaml --headers h.json --body b.json",
      description: "To a configured source. The diagnosis also tries the secrets of other sources"
    }
  ])
)

/** Names a request of Zoom, not a sender. The request is no delivery, and is unsigned in Zoom's own example. */
const zoomUrlValidation = "zoom-url-validation"

const Headers = Schema.fromJsonString(
  Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Array(Schema.String)]))
)

const readDelivery = Effect.fnUntraced(function* (
  input: {
    readonly headers: string
    readonly body: string
    readonly method: string
    readonly url: Option.Option<string>
  },
  { sender, webhook }: Subject
) {
  const text = new TextDecoder().decode(yield* readBytes(input.headers))
  const headers = yield* Effect.mapError(Schema.decodeEffect(Headers)(text), () =>
    failed(
      `${input.headers}: expected a JSON object of strings or arrays of strings, such as ${headersExample}`
    )
  )
  const body = yield* readBytes(input.body)
  const url = (yield* urlOf(input.url)) ?? webhook?.url
  const { method } = input
  const delivery = Delivery.make({ method, headers, body, ...(url === undefined ? {} : { url }) })
  if (url === undefined && Scheme.needsUrl(sender.scheme, delivery.headers)) {
    return yield* usage(`${sender.name} signs the URL. Give the public URL that the sender called with --url`)
  }
  return delivery
})

const judge = Effect.fnUntraced(function* (
  { config, secrets, sender, webhook }: Subject,
  delivery: Delivery.Delivery,
  at: Option.Option<DateTime.Utc>
) {
  const now = yield* DateTime.now
  const others = [...(config?.relay.sources.values() ?? [])]
    .filter(({ name }) => name !== webhook?.source)
    .map(({ name, sender }) => ({ name, scheme: sender.scheme, secrets: config?.secrets.get(name) ?? [] }))
  const { scheme } = sender
  const report = yield* Diagnosis.diagnose({ scheme, secrets, delivery, others, ...present({ at }) })
  const body = yield* Effect.orElseSucceed(
    Body.decompress(delivery.headers, delivery.body),
    () => delivery.body
  )
  const opened = { ...delivery, body }
  if (Result.isFailure(report.verdict)) {
    return invalid(sender, report.verdict.failure, report, Option.isNone(at) ? now : undefined)
  }
  const verified = report.verdict.success
  const used = secrets.find((secret, index) => Secret.nameOf(secret, index) === verified.secret)
  const answer = used === undefined ? Option.none() : Handshake.answerWith(sender, opened, used.value)
  const deliveryId = verified.deliveryId ?? Sender.deliveryId(sender, opened) ?? null
  return valid(sender, verified, deliveryId, answer)
})

/** Answers a URL validation of Zoom that has no signature. */
const validation = ({ secrets: [secret], sender }: Subject, delivery: Delivery.Delivery) => {
  const answer = secret === undefined ? Option.none() : Handshake.answerWith(sender, delivery, secret.value)
  return Option.isSome(answer)
    ? Effect.succeed(
        valid(
          sender,
          undefined,
          null,
          answer,
          "It has no x-zm-signature, so its sender is not verified and the relay would refuse it."
        )
      )
    : Effect.fail(
        failed(
          "the body is not a URL validation: expected the event endpoint.url_validation and payload.plainToken"
        )
      )
}
