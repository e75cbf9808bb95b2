import { Console, Effect, FileSystem } from "effect"
import { Command } from "effect/cli"
import * as files from "../../files.ts"
import { jsonSchema } from "../../config/JsonSchema.ts"

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

export const config = Command.make("config").pipe(
  Command.withDescription("Print the JSON Schema of the configuration file, or an annotated example"),
  Command.withSubcommands([schema, example])
)
