/** What a user's compiler reads of the package. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { importsOf } from "../scripts/declarations.ts"

const project = join(import.meta.dirname, "..")
const directory = mkdtempSync(join(tmpdir(), "usher-promise-types-"))

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe("the declarations", () => {
  it("import nothing of effect or @usher/core, nor the files that do", () => {
    const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc")
    const config = join(project, "tsconfig.build.json")
    execFileSync(process.execPath, [tsc, "--project", config, "--outDir", directory])
    const { files, packages } = importsOf(join(directory, "index.d.ts"))
    expect(packages).toEqual([])
    expect(files.filter((file) => file.includes("internal"))).toEqual([])
    expect(files.length).toBeGreaterThan(5)
  })
})
