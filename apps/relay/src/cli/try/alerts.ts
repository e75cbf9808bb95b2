/** `usher alerts test`: send a test message to the channels of alerts. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Console, Effect, Result } from "effect"
import { SecureRandom } from "effect/crypto"
import { Argument, Command } from "effect/cli"
import type { Message } from "../../alerts/Message.ts"
import { send } from "../../alerts/send.ts"
import * as ConfigFile from "../../config/ConfigFile.ts"
import { Reported } from "../support/exit.ts"
import { failed, missing } from "../support/failure.ts"
import { configFlag, jsonFlag } from "../support/flags.ts"

const test = Command.make(
  "test",
  {
    names: Argument.String("channel").pipe(
      Argument.withDescription("The channels to test. Default: all channels of the configuration"),
      Argument.atLeast(0)
    ),
    config: configFlag,
    json: jsonFlag
  },
  Effect.fnUntraced(function* ({ names, config: file, json }) {
    const { channels, link } = (yield* ConfigFile.load(file)).alerts
    const unknown = names.find((name) => !channels.some((channel) => channel.name === name))
    if (unknown !== undefined)
      return yield* missing(`${file} has no channel ${unknown} under alerts.channels`)
    const wanted = names.length === 0 ? channels : channels.filter(({ name }) => names.includes(name))
    if (wanted.length === 0) return yield* failed(`${file} has no channels under alerts.channels`)
    const id = `alert_${yield* (yield* SecureRandom.SecureRandom).ulid}`
    const results = yield* Effect.forEach(
      wanted,
      ({ name, way }) =>
        Effect.map(Effect.result(send(way, testMessage(id, link))), (result) => ({
          channel: name,
          sent: Result.isSuccess(result),
          reason: Result.isFailure(result) ? result.failure.message : null
        })),
      { concurrency: "unbounded" }
    )
    const lines = results.map(({ channel, sent, reason }) =>
      sent ? `${channel}: sent` : `${channel}: not sent: ${reason}`
    )
    yield* Console.log(json ? JSON.stringify(results) : lines.join("\n"))
    if (results.some(({ sent }) => !sent)) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Send a test message to the channels of alerts in the configuration. Exit code 0 if all were sent, 1 if not"
  ),
  Command.withExamples([
    { command: "usher alerts test", description: "To all channels" },
    { command: "usher alerts test team --config usher.yaml", description: "To one channel" }
  ]),
  Command.provide(NodeHttpClient.layerUndici),
  Command.provide(SecureRandom.layerWebCrypto)
)

const testMessage = (id: string, link: string): Message => ({
  id,
  began: [
    {
      key: "test",
      urgency: "info",
      text: "This is a test message. Nothing is wrong.",
      next: "You can ignore it.",
      since: null
    }
  ],
  ended: [],
  link
})

export const alerts = Command.make("alerts").pipe(
  Command.withDescription("Test the channels that receive messages about the relay's problems"),
  Command.withSubcommands([test])
)
