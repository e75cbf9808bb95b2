import { describe, expect, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const bench = (...args: ReadonlyArray<string>) =>
  promisify(execFile)(process.execPath, ["--no-warnings", main, ...args]).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => ({
      code: error.code,
      said: error.stdout + error.stderr
    })
  )

/** `.ci/run` and `pnpm test:long` measure every scenario, `pnpm test` the first. */
const isLong = process.env["USHER_LONG"] !== undefined
const scenarios = isLong ? "abcdefgh" : "a"

/** Only Linux has `/proc`. */
const processorTime = process.platform === "linux" ? "\\d" : "-"

/** In milliseconds. */
const patience = 600_000

describe("the benchmark", () => {
  it(
    `measures the scenarios ${scenarios}, and has no figure that was not measured`,
    async () => {
      const { code, said } = await bench("--smoke", "--only", [...scenarios].join(","))
      expect({ code, said }).toMatchObject({ code: 0 })
      expect(said.match(/^## \(.\)/gm)).toEqual(Array.from(scenarios, (letter) => `## (${letter})`))
      for (const who of [
        "floor: node:http + node:sqlite",
        "usher serve",
        ...(isLong ? ["usher on Postgres, receiver alone"] : [])
      ]) {
        expect(said).toContain(`| ${who} `)
      }
      expect(said).toContain("**A smoke test. Its figures mean nothing.**")
      for (const who of [
        "floor: node:http \\+ node:sqlite",
        ...(isLong ? ["usher serve, single calls"] : [])
      ]) {
        expect(said).toMatch(new RegExp(`\\| ${who} +\\| +\\S+ · ${processorTime}`))
      }
      expect(said).not.toMatch(/failed|NaN|undefined|Infinity/)
    },
    patience
  )

  it("writes figures of a full run only", async () => {
    const { code, said } = await bench("--quick", "--write", "--only", "h")
    expect(code).not.toBe(0)
    expect(said).toContain("--write needs a full run")
  })

  it("names the scenarios when the flag names an unknown one", async () => {
    const { code, said } = await bench("--smoke", "--only", "a,z")
    expect(code).not.toBe(0)
    expect(said).toContain("letters of scenarios with commas between them: a,b,c,d,e,f,g,h")
  })
})
