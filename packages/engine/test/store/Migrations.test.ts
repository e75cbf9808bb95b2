import { expect, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, FileSystem } from "effect"
import { Migrations } from "../../src/index.ts"

it.effect("every migration there is belongs to the list", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const files = yield* fs.readDirectory(`${import.meta.dirname}/../../src/store/migrations`)
    const names = files.filter((file) => /^\d{4}_/.test(file)).map((file) => file.replace(".ts", ""))
    expect(Object.keys(Migrations.migrations)).toEqual(names.sort())
  }).pipe(Effect.provide(NodeServices.layer))
)
