/** The vectors that the package publishes, and the runner that gives them to any language. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { vectors } from "../scripts/vectors.ts"
import { Senders } from "../src/index.ts"
import published from "../vectors/vectors.json" with { type: "json" }

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const run = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [fileOf("../vectors/run.mjs"), ...args], { encoding: "utf8" })

const own = [process.execPath, fileOf("ownVerdicts.ts")]
const hasPython = spawnSync("python3", ["--version"]).status === 0

describe("the published vectors", () => {
  it.effect("are those of the senders and schemes of this version", () =>
    Effect.gen(function* () {
      const written = readFileSync(fileOf("../vectors/vectors.json"), "utf8")
      assert.strictEqual(written, yield* vectors, "node packages/signatures/scripts/vectors.ts writes them")
    })
  )

  it("show every sender, every scheme and every verdict of a verifier", () => {
    const has = (what: (vector: (typeof published.vectors)[number]) => unknown) =>
      new Set(published.vectors.map(what))
    assert.sameMembers(
      [...has(({ sender }) => sender)].filter((sender) => sender !== null),
      [...Senders.names]
    )
    assert.strictEqual(has(({ scheme }) => scheme.scheme).size, 8)
    assert.sameMembers(
      [...has(({ expected }) => expected.reason)],
      [
        undefined,
        "MissingHeader",
        "MalformedHeader",
        "NoSecretMatches",
        "TooOld",
        "FromFuture",
        "UnsupportedVersion"
      ]
    )
    assert.isAbove(published.vectors.filter(({ source }) => source !== null).length, 15)
  })
})

describe("the runner", () => {
  it("agrees with this package", () => {
    const { status, stdout } = run("--", ...own)
    assert.strictEqual(stdout, `${published.vectors.length} passed, 0 failed, 0 skipped\n`)
    assert.strictEqual(status, 0)
  })

  it.skipIf(!hasPython)("agrees with another implementation, in Python", () => {
    const { status, stdout } = run("--", "python3", fileOf("../vectors/verify.py"))
    assert.match(stdout, /^\d{3} passed, 0 failed, 2 skipped\n$/)
    assert.strictEqual(status, 0)
  })

  it("names each verdict that differs", () => {
    const { status, stdout } = run("--sender", "github", "--", ...own, "wrong")
    assert.strictEqual(status, 1)
    assert.include(
      stdout,
      'not ok github: another version\n  expected {"valid":false,"reason":"UnsupportedVersion"}'
    )
    assert.match(stdout, /\d+ passed, \d+ failed, 0 skipped\n$/)
  })

  it("starts the command once for each vector, if it is told to", () => {
    const vectors = published.vectors.filter(({ sender }) => sender === "zapier")
    const args = ["--", process.execPath, "-e", 'process.stdin.resume(); console.log(`{"skip":true}`)']
    assert.strictEqual(run("--sender", "zapier", ...args).status, 2)
    assert.strictEqual(
      run("--sender", "zapier", "--each", ...args).stdout,
      `0 passed, 0 failed, ${vectors.length} skipped\n`
    )
  })

  it("says what is wrong where nothing can be compared", () => {
    for (const [args, said] of [
      [[], "usage: node run.mjs"],
      [["--", "/no/such/command"], "does not run"],
      [["--sender", "basic", "--", "true"], "gave 0 lines for"],
      [["--sender", "basic", "--", "false"], "ended with 1"],
      [["--sender", "none", "--scheme", "basic", "--", "cat"], "no vector is of this sender"],
      [["--sneder", "basic", "--", "true"], "unknown option --sneder"]
    ] as const) {
      const { status, stderr } = run(...args)
      assert.deepStrictEqual([status, stderr.includes(said)], [2, true], said)
    }
  })
})
