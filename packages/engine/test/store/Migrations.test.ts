import { expect, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, FileSystem } from "effect"
import { Migrations } from "../../src/index.ts"

it.effect("every file of a migration belongs to the list, which is in the order of the numbers", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const files = yield* fs.readDirectory(`${import.meta.dirname}/../../src/store/migrations`)
    const names = files.filter((file) => /^\d{4}_/.test(file)).map((file) => file.replace(".ts", ""))
    const listed = Object.keys(Migrations.migrations)
    expect(names.filter((name) => !listed.includes(name))).toEqual([])
    expect(listed).toEqual(listed.toSorted())
  }).pipe(Effect.provide(NodeServices.layer))
)
