import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import * as ConfigFile from "../config/ConfigFile.ts"
import * as Database from "../Database.ts"
import { configFlag, jsonFlag } from "./shared.ts"

export const check = Command.make(
  "check",
  { config: configFlag, json: jsonFlag },
  Effect.fnUntraced(function* ({ config: file, json }) {
    const { relay, database } = yield* ConfigFile.load(file).pipe(
      Effect.tapError((error) =>
        json && error._tag === "InvalidConfig"
          ? Console.log(JSON.stringify({ valid: false, file, problems: error.problems }))
          : Effect.void
      )
    )
    const spots = [...relay.spots.keys()]
    const sources = [...relay.sources.values()].map(({ name, sender, spot }) => ({
      name,
      sender: sender.name,
      spot
    }))
    yield* Console.log(
      json
        ? JSON.stringify({ valid: true, file, database: Database.describe(database), spots, sources })
        : [
            `${file} is valid.`,
            `  database ${Database.describe(database)}`,
            ...sources.map(
              ({ name, sender, spot }) =>
                `  ${relay.publicUrl}/webhooks/${name} takes ${sender} for the Spot ${spot}`
            )
          ].join("\n")
    )
  })
).pipe(Command.withDescription("Say whether the configuration is right, without starting"))
