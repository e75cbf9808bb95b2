/** `alerts`: channels that receive messages about the relay's problems. */
import { Duration, Effect, type FileSystem, type Path, Redacted, Schema } from "effect"
import { Verifier } from "@usher/signatures"
import * as Concern from "@usher/model/Concern"
import type * as Alerts from "../alerts/Alerts.ts"
import type { Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"
import { optional, optionalDuration } from "./optional.ts"

const Address = Schema.String.check(
  Schema.isPattern(/^[^\s@<>]+@[^\s@<>]+$/, { expected: "an e-mail address" })
)

const HttpUrl = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^\s/]+\S*$/, { expected: "a URL that begins with http:// or https://" })
)

const urgency = {
  urgency: optional(Concern.Urgency, "The least urgent problems that this channel receives", "warning")
}

const Channel = Schema.Union([
  Schema.Struct({
    slack: SecretRef.SecretRef.annotateKey({
      description: "The URL of an incoming webhook of Slack, as { env: NAME } or { file: path }"
    }),
    ...urgency
  }),
  Schema.Struct({
    teams: SecretRef.SecretRef.annotateKey({
      description: "The URL of a webhook of a Microsoft Teams workflow, as { env: NAME } or { file: path }"
    }),
    ...urgency
  }),
  Schema.Struct({
    email: Schema.Struct({
      smtp: SecretRef.SecretRef.annotateKey({
        description:
          "The URL of the mail server with user and password, as { env: NAME } or { file: path }: smtp://user:password@host:587 or smtps://user:password@host:465"
      }),
      from: Address.annotateKey({ description: "The sender's address" }),
      to: Schema.NonEmptyArray(Address).annotateKey({ description: "The recipients' addresses" })
    }),
    ...urgency
  }),
  Schema.Struct({
    webhook: Schema.Struct({
      url: HttpUrl.annotateKey({ description: "The URL to post to" }),
      secret: SecretRef.SecretRef.annotateKey({
        description: "The secret (whsec_…) that signs each message as Standard Webhooks says"
      })
    }),
    ...urgency
  })
]).annotate({ message: "Expected one of slack, teams, email or webhook, with optional urgency" })

export const AlertsConfig = Schema.Struct({
  link: optional(HttpUrl, "The URL of the relay's page, for messages. Default: server.publicUrl"),
  after: optionalDuration(
    "How long a problem has to last before it is reported, and has to be over before it is reported as resolved",
    "1 minute"
  ),
  channels: Schema.Record(Schema.NonEmptyString, Channel).annotateKey({
    description: "The channels, each under a name of your choice"
  })
})

/** The secret of a channel: its URL, or what signs its messages. */
export const secretOf = (channel: typeof Channel.Type): SecretRef.SecretRef => {
  if ("slack" in channel) return channel.slack
  if ("teams" in channel) return channel.teams
  return "email" in channel ? channel.email.smtp : channel.webhook.secret
}

const protocols = {
  slack: { pattern: /^https?:\/\//, expected: "the value is not a URL that begins with https://" },
  teams: { pattern: /^https?:\/\//, expected: "the value is not a URL that begins with https://" },
  smtp: { pattern: /^smtps?:\/\//, expected: "the value is not a URL that begins with smtp:// or smtps://" }
} as const

/** Reads a URL that is a secret. */
const readUrl = Effect.fnUntraced(function* (
  ref: SecretRef.SecretRef,
  kind: keyof typeof protocols,
  folder: string,
  problems: Problems,
  path: ReadonlyArray<string>
) {
  const url = yield* SecretRef.readOrNote(ref, folder, problems, path)
  if (url === undefined) return
  const { pattern, expected } = protocols[kind]
  if (pattern.test(Redacted.value(url)) && URL.canParse(Redacted.value(url))) return url
  yield* problems.note(path, expected)
  return
})

const resolveChannel = Effect.fnUntraced(function* (
  channel: typeof Channel.Type,
  folder: string,
  problems: Problems,
  path: ReadonlyArray<string>
) {
  if ("email" in channel) {
    const { from, to, smtp: ref } = channel.email
    const smtp = yield* readUrl(ref, "smtp", folder, problems, [...path, "email", "smtp"])
    return smtp === undefined ? undefined : ({ kind: "email", smtp, from, to } as const)
  }
  if ("webhook" in channel) {
    const { url, secret: ref } = channel.webhook
    const secret = yield* SecretRef.readOrNote(ref, folder, problems, [...path, "webhook", "secret"])
    if (secret === undefined) return
    const place = [...path, "webhook", "secret"]
    return yield* Verifier.forSender("standard-webhooks", Redacted.value(secret)).pipe(
      Effect.as({ kind: "webhook", url, secret } as const),
      Effect.catch(() => problems.note(place, "the value can't sign: give a secret that begins with whsec_"))
    )
  }
  const [kind, ref] =
    "slack" in channel ? (["slack", channel.slack] as const) : (["teams", channel.teams] as const)
  const url = yield* readUrl(ref, kind, folder, problems, [...path, kind])
  return url === undefined ? undefined : { kind, url }
})

export const resolve = Effect.fnUntraced(function* (
  config: typeof AlertsConfig.Type | undefined,
  publicUrl: string,
  folder: string,
  problems: Problems
): Effect.fn.Return<Alerts.Options, never, FileSystem.FileSystem | Path.Path> {
  const channels: Array<Alerts.Channel> = []
  for (const [name, channel] of Object.entries(config?.channels ?? {})) {
    const way = yield* resolveChannel(channel, folder, problems, ["channels", name])
    if (way !== undefined) channels.push({ name, urgency: channel.urgency ?? "warning", way })
  }
  return { link: config?.link ?? publicUrl, after: config?.after ?? Duration.minutes(1), channels }
})
