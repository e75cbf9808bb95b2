/** The programs of the README as a user runs them: processes of their own, with nothing but what is printed there. */
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as Package from "../src/index.ts"
import { programs, readme } from "../scripts/readme.ts"
import { startSpot, type Spot } from "../scripts/spot.ts"

const run = promisify(execFile)
const project = join(import.meta.dirname, "..")

describe("the README", () => {
  let spot: Spot
  let directory: string

  beforeAll(async () => {
    spot = await startSpot("the-key-of-the-spot")
    directory = mkdtempSync(join(tmpdir(), "usher-promise-readme-"))
    mkdirSync(join(directory, "node_modules/@usher"), { recursive: true })
    symlinkSync(project, join(directory, "node_modules/@usher/promise"))
    symlinkSync(join(project, "node_modules/effect"), join(directory, "node_modules/effect"))
    writeFileSync(join(directory, "package.json"), '{"type":"module"}')
  })

  afterAll(() => {
    spot.close()
    rmSync(directory, { recursive: true, force: true })
  })

  it("shows only programs that run, each with what it prints", () => {
    expect(programs.length).toBeGreaterThan(5)
    expect(programs).toHaveLength(readme.split("```ts\n").length - 1)
  })

  it.for(programs)("shows what a program prints ($name)", async ({ code, name, output }) => {
    const file = join(directory, `${name}.ts`)
    writeFileSync(file, code)
    const { stderr, stdout } = await run(process.execPath, ["--no-warnings", file], {
      env: {
        PATH: process.env["PATH"],
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
        MELTINGSPOT_BASE_URL: spot.baseUrl,
        MELTINGSPOT_SECRET_KEY: "the-key-of-the-spot"
      }
    })
    expect({ stderr, stdout }).toEqual({ stderr: "", stdout: output })
  })

  it("names every error, and whether it is retryable", () => {
    const classes = Object.entries(Package).flatMap(([name, value]) =>
      /^[A-Z].*Error$/.test(name) && typeof value === "function" ? [name] : []
    )
    const codes = Array.from(
      readme.matchAll(/^\| `(\w+)` .*\| `(?:true|false)` +\|$/gm),
      ([, code]) => `${code}Error`
    )
    expect([...codes, "ClientClosedError", "InvalidOptionError"].sort()).toEqual(classes.sort())
  })
})
