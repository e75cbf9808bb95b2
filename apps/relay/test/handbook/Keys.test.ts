/** The handbook's tables of keys, the schema, and the relay say the same. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { parse } from "yaml"
import { folder, isolated, load } from "../harness.ts"
import { handbook, rowsOf } from "./handbook.ts"
import * as ServerConfig from "../../src/config/ServerConfig.ts"
import { keys, written } from "./schemaKeys.ts"

const codeIn = (cell: string) => /^`([^`]*)`$/.exec(cell)?.[1]

const rows = rowsOf(handbook(), "key").map(([key = "", usual = ""]) => ({
  key: codeIn(key) ?? key,
  usual
}))

describe("the handbook's tables of keys", () => {
  it("name each key of the schema once, and no other", () => {
    const named = rows.map(({ key }) => key)
    // What the text below the tables says.
    expect(named.toSorted()).toEqual([...keys.keys()].filter((key) => key !== "$schema").toSorted())
  })

  it.each(rows)("give $key the default of the schema", ({ key, usual }) => {
    const { usual: expected, isRequired } = keys.get(key) ?? {}
    const code = codeIn(usual)
    const told = { usual: code === undefined ? undefined : parse(code), isRequired: usual === "required" }
    const shown = expected === undefined || code !== undefined ? told : { ...told, usual }
    expect(shown).toEqual({ usual: expected, isRequired })
  })
})

describe("the defaults of the schema", () => {
  it("give a listener for operators its address and port", () => {
    expect(ServerConfig.resolve({ admin: {} }).admin).toEqual({ host: "127.0.0.1", port: 8789, hosts: [] })
  })

  const spot = { secretKey: { env: "SPOT_KEY" } }

  it.effect("are those of the relay: a file in which all of them stand is one in which none does", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { path } = yield* folder("")
      const configured = Effect.fnUntraced(function* (name: string, config: object) {
        yield* fs.writeFileString(`${path}/${name}`, JSON.stringify(config))
        // Without what tells one file's text from the other's.
        const { draft: _, fixed: __, ...resolved } = yield* load(`${path}/${name}`)
        return resolved
      })
      const all = {
        server: written("server"),
        database: keys.get("database")?.usual,
        spots: { main: { ...written("spots"), ...spot } },
        sources: {},
        admin: written("admin"),
        quarantine: written("quarantine")
      }
      expect(Object.keys(all.server)).toContain("maxBodySize")
      expect(Object.keys(all.spots.main)).toEqual(expect.arrayContaining(["budget", "retry", "timeout"]))
      const none = { spots: { main: spot }, sources: {} }
      expect(yield* configured("all.json", all)).toEqual(yield* configured("none.json", none))
      const other = { ...all, quarantine: { ...all.quarantine, age: "15 days" } }
      expect(yield* configured("all.json", other)).not.toEqual(yield* configured("none.json", none))
    }).pipe(isolated)
  )
})
