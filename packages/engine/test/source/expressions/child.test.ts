import { describe, expect, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { rights } from "../../../src/runtime/process/rights.ts"

const program = fileURLToPath(new URL("../../../src/source/expressions/child.ts", import.meta.url))

/** What a script says that runs with the rights of the program in this file. */
const run = (script: string, file = program) =>
  new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [...rights(file, ["jsonata"]), "--eval", script],
      { env: {} },
      (_, stdout, stderr) => resolve(stdout + stderr)
    )
  })

/** `read`, or the code of the error. */
const reading = (path: string) =>
  `try { require("node:fs").readFileSync(${JSON.stringify(path)}); console.log("read") } catch ({ code }) { console.log(code) }`

describe("the process that evaluates expressions", () => {
  it("reads its program and JSONata", async () => {
    const jsonata = createRequire(program).resolve("jsonata")
    for (const path of [program, join(dirname(program), "evaluate.ts"), jsonata]) {
      expect(await run(reading(path))).toBe("read\n")
    }
    expect(await run(`console.log(typeof require(${JSON.stringify(jsonata)}))`)).toBe("function\n")
  })

  it("reads no environment of another process, no file beside its program, and no folder above it", async () => {
    for (const path of [
      `/proc/${process.pid}/environ`,
      "/proc/self/environ",
      "/etc/passwd",
      fileURLToPath(new URL("../../../src/source/Expressions.ts", import.meta.url)),
      fileURLToPath(new URL("../../../package.json", import.meta.url)),
      fileURLToPath(import.meta.url)
    ]) {
      expect([path, await run(reading(path))]).toEqual([path, "ERR_ACCESS_DENIED\n"])
    }
  })

  it("writes nothing, and starts no process and no thread", async () => {
    const attempts = [
      `require("node:fs").writeFileSync(${JSON.stringify(join(dirname(program), "written"))}, "")`,
      `require("node:child_process").execFileSync("true")`,
      `new (require("node:worker_threads").Worker)("", { eval: true })`
    ]
    for (const attempt of attempts) {
      const script = `try { ${attempt}; console.log("done") } catch ({ code }) { console.log(code) }`
      expect([attempt, await run(script)]).toEqual([attempt, "ERR_ACCESS_DENIED\n"])
    }
  })

  it("finds JSONata where packages are not linked, too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "usher-rights-"))
    try {
      const nested = join(folder, "packages/engine/src/expressions")
      await mkdir(nested, { recursive: true })
      await mkdir(join(folder, "node_modules"))
      symlinkSync(dirname(createRequire(program).resolve("jsonata")), join(folder, "node_modules/jsonata"))
      const file = join(nested, "child.js")
      writeFileSync(file, "")
      writeFileSync(join(folder, "secret"), "")
      const resolving = `console.log(typeof require("node:module").createRequire(${JSON.stringify(file)})("jsonata"))`
      expect(await run(resolving, file)).toBe("function\n")
      expect(await run(reading(join(folder, "secret")), file)).toBe("ERR_ACCESS_DENIED\n")
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
