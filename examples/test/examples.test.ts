/** Each example runs as a user runs it: as a process of its own. */
import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { ChildProcess } from "effect/process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const folder = join(import.meta.dirname, "..")

const run = Effect.fnUntraced(function* (example: string) {
  const { all, exitCode } = yield* ChildProcess.make(process.execPath, [
    "--no-warnings",
    join(folder, example)
  ])
  const lines = yield* all.pipe(Stream.decodeText, Stream.splitLines, Stream.runCollect)
  return { lines, exitCode: yield* exitCode }
}, Effect.scoped)

const printed: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["inviteOne.ts", ["first call: Invited", "second call: AlreadyInvited"]],
  ["embedRelay.ts", ["the relay answered 202", "invited: alice@example.com"]],
  ["verifyWebhook.ts", ["signed: 204", "changed after signing: 401"]]
]

describe("an example", () => {
  it.live.each(printed)("prints what it shows: %s", ([example, lines]) =>
    Effect.gen(function* () {
      expect(yield* run(example)).toEqual({ lines, exitCode: 0 })
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it("is listed in the README, each of them", () => {
    const programs = readdirSync(folder).filter((name) => name.endsWith(".ts"))
    const readme = readFileSync(join(folder, "README.md"), "utf8")
    expect(programs.filter((name) => !readme.includes(`[${name}](${name})`))).toEqual([])
    expect(printed.map(([name]) => name).toSorted()).toEqual(programs.toSorted())
  })
})
