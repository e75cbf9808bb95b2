import { Console, Effect, FileSystem, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as files from "../../files.ts"
import * as ConfigFile from "../../config/ConfigFile.ts"
import { jsonSchema } from "../../config/JsonSchema.ts"
import * as Settings from "../../config/Settings.ts"
import { accessFlags, AdminClient, placeOf } from "../support/access.ts"
import { print } from "../support/print.ts"

const schema = Command.make("schema", {}, () => Console.log(JSON.stringify(jsonSchema, null, 2))).pipe(
  Command.withDescription(
    "Print the JSON Schema of the file. Editors use it to complete, explain and check the file: usher config schema > usher.schema.json"
  ),
  Command.withExamples([{ command: "usher config schema > usher.schema.json", description: "For editors" }])
)

const example = Command.make(
  "example",
  {},
  Effect.fnUntraced(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* Console.log((yield* fs.readFileString(files.example)).trimEnd())
  })
).pipe(
  Command.withDescription("Print an example file that explains every key: usher config example > usher.yaml"),
  Command.withExamples([
    { command: "usher config example > usher.yaml", description: "Begin with a file that explains every key" }
  ])
)

const show = Command.make(
  "show",
  {
    ...accessFlags,
    config: accessFlags.config.pipe(
      Flag.withDescription("Resolve this configuration file. Default: usher.yaml")
    )
  },
  Effect.fnUntraced(function* (access) {
    const { file, relay } = yield* placeOf(access)
    const { settings, yaml } = yield* Option.isSome(relay)
      ? AdminClient.use((client) => client.settings.get()).pipe(
          Effect.provide(AdminClient.layer(access, "read"))
        )
      : Effect.flatMap(ConfigFile.load(file), Settings.of)
    yield* print(access.json, settings, () => yaml.trimEnd())
  })
).pipe(
  Command.withDescription(
    "Print the configuration in force with all defaults, as YAML: of the relay at --url, or of a relay that starts with this file. References stand for secrets"
  ),
  Command.withExamples([
    { command: "usher config show", description: "The file with its defaults" },
    {
      command: "usher config show --url https://hooks.example.com",
      description: "The settings of a running relay, with the token in USHER_TOKEN"
    }
  ])
)

export const config = Command.make("config").pipe(
  Command.withDescription(
    "Print the configuration in force, the JSON Schema of the configuration file, or an annotated example"
  ),
  Command.withSubcommands([show, schema, example])
)
