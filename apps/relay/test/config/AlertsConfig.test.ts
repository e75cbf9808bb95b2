import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { configuration, folder, isolated, load } from "../harness.ts"
import { secrets } from "../harness.ts"

const withChannel = (channel: string) =>
  folder(`${configuration("http://127.0.0.1:9")}\nalerts: { channels: { team: ${channel} } }\n`)

it.effect.each([
  ["{ slack: { env: ABSENT } }", "alerts.channels.team.slack: the environment variable is missing or empty"],
  ["{ slack: { env: URL } }", "the value is not a URL that begins with https://"],
  ["{ teams: { env: URL } }", "the value is not a URL that begins with https://"],
  [
    "{ email: { smtp: { env: URL }, from: a@example.com, to: [b@example.com] } }",
    "the value is not a URL that begins with smtp:// or smtps://"
  ],
  ["{ email: { smtp: { env: URL }, from: a@example.com, to: [] } }", "alerts.channels.team.email.to"],
  ["{ email: { smtp: { env: URL }, from: a, to: [] } }", "alerts.channels.team.email.from"],
  ["{ webhook: { url: ftp://example.com, secret: { env: URL } } }", "alerts.channels.team.webhook.url"],
  [
    "{ webhook: { url: https://example.com, secret: { env: URL } } }",
    "alerts.channels.team.webhook.secret: the value can't sign: give a secret that begins with whsec_"
  ],
  ["{ pager: {} }", "alerts.channels.team"]
] as const)("the channel %s is refused, and says where it is wrong", ([channel, message]) =>
  Effect.gen(function* () {
    const { file } = yield* withChannel(channel)
    const error = yield* Effect.flip(load(file, { ...secrets, URL: "secret-value" }))
    expect(error.message).toContain(message)
    expect(error.message).not.toContain("secret-value")
  }).pipe(isolated)
)
