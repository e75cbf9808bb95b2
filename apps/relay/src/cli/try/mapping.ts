import { Effect, Layer, Option, Schema, Stream } from "effect"
import { Command, Flag, Argument } from "effect/cli"
import { Expressions, Preview } from "@usher/engine"
import { suggest } from "@usher/admin/Suggest"
import * as ConfigFile from "../../config/ConfigFile.ts"
import * as RulesFile from "../../config/RulesFile.ts"
import * as Server from "../../server/Server.ts"
import { Reported } from "../support/exit.ts"
import { missing } from "../support/failure.ts"
import { present } from "../support/filters.ts"
import { configFlag, intFlag, jsonFlag, quiet, textFlag } from "../support/flags.ts"
import { presentDatabase, upToDate } from "../support/presentDatabase.ts"
import { print } from "../support/print.ts"
import { timeFlag } from "../support/timeFlag.ts"
import { describe, summarize } from "./mappingReport.ts"

const encode = Schema.encodeSync(Preview.Difference)

const test = Command.make(
  "test",
  {
    source: Argument.String("source").pipe(
      Argument.withDescription("The source whose stored webhooks are mapped")
    ),
    config: configFlag,
    rules: textFlag(
      "rules",
      "A file with the keys invite, when and events of a source, tried in place of the configured ones"
    ),
    limit: intFlag("limit", { minimum: 1, maximum: Number.MAX_SAFE_INTEGER }).pipe(
      Flag.withDescription("Only the newest webhooks, at most this many"),
      Flag.optional
    ),
    from: timeFlag("from", "Only webhooks received at this time or later").pipe(Flag.optional),
    to: timeFlag("to", "Only webhooks received before this time").pipe(Flag.optional),
    json: jsonFlag
  },
  Effect.fnUntraced(function* ({ source: name, config: file, rules, json, ...range }) {
    const config = yield* ConfigFile.load(file)
    const source = config.relay.sources.get(name)
    if (source === undefined) {
      const meant = suggest(name, [...config.relay.sources.keys()])
      return yield* missing(`${file} has no source ${name}; ${meant}`)
    }
    const mapping = Option.isNone(rules) ? source.mapping : yield* RulesFile.load(rules.value, source.sender)
    yield* presentDatabase(config.database)
    yield* upToDate(config.database)
    const memberId = config.relay.spots.get(source.spot)?.memberId
    const summary = yield* Preview.differences({ source, mapping, memberId, ...present(range) }).pipe(
      Stream.tap((difference) => {
        if (!Preview.isChange(difference)) return Effect.void
        return print(json, { type: "difference", ...encode(difference) }, () => describe(difference))
      }),
      Stream.runFold(() => Preview.empty, Preview.add),
      Effect.provide(Layer.merge(Server.layerReading(config), Expressions.layer)),
      quiet
    )
    const { version } = mapping
    yield* print(json, { type: "summary", source: name, version, ...summary }, () =>
      summarize(summary, version)
    )
    if (summary.fail > 0) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Map stored webhooks with the configured rules and show what would change. Nothing is written. Exit code 1 if a webhook would become unmappable"
  ),
  Command.withExamples([
    {
      command: "usher mapping test webinar-form --rules rules.yaml --from '7 days'",
      description: "New rules against the webhooks of a week"
    }
  ])
)

export const mapping = Command.make("mapping").pipe(
  Command.withDescription("Test how webhooks become invitations"),
  Command.withSubcommands([test])
)
