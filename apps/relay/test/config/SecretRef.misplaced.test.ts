/** A value that stands in the wrong place may be a secret: no message quotes it. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Predicate } from "effect"
import { fileURLToPath } from "node:url"
import { parse as parseYaml } from "yaml"
import * as Report from "../../src/check/Report.ts"
import { toJson, toText } from "../../src/check/reportText.ts"
import { folder, isolated } from "../harness.ts"
import { isLong } from "../long.ts"

const canary = "whsec_C2FuYXJ5Q2FuYXJ5Q2FuYXJ5/+=="

/** Everything that is said of a file, for people and for programs. */
const said = Effect.fnUntraced(function* (text: string) {
  const { file } = yield* folder(text)
  const report = yield* Report.make(file, { strict: false, online: false })
  return { report, text: `${toText(report)}\n${JSON.stringify(toJson(report))}` }
})

type Path = ReadonlyArray<string>

/** The places of all values, and of all sections. */
const placesIn = (value: unknown, path: Path = []): ReadonlyArray<Path> => [
  ...(path.length === 0 ? [] : [path]),
  ...(Predicate.isObject(value) || Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))
    : [])
]

const replaced = (value: unknown, [key, ...inner]: Path, by: unknown): unknown => {
  if (key === undefined) return by
  if (Array.isArray(value))
    return value.map((entry: unknown, index) => (String(index) === key ? replaced(entry, inner, by) : entry))
  return Predicate.isObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([name, entry]) => [
          name,
          name === key ? replaced(entry, inner, by) : entry
        ])
      )
    : value
}

const example = Effect.map(
  FileSystem.FileSystem.use((fs) =>
    fs.readFileString(fileURLToPath(new URL("../../usher.example.yaml", import.meta.url)))
  ),
  (text): unknown => parseYaml(text)
)

/** More that the example leaves out. */
const more = {
  meta: {
    sender: "meta",
    verify: { scheme: "standard-webhooks", prefixes: ["x-"], tolerance: "5 minutes" },
    verifyToken: { file: "token" },
    secrets: [{ env: "A", expiresAt: "2027-01-01T00:00:00Z", label: "old" }],
    dedupe: { window: "1 hour" },
    deliveryId: { all: [{ json: "a" }, { header: "b" }] },
    spot: "main",
    invite: { live: { expr: "a" }, member: { expr: "b" } },
    events: ["a"]
  },
  token: {
    sender: "custom",
    verify: { scheme: "token", header: "x-token", prefix: "Bearer ", query: "token" },
    secrets: [{ env: "B" }],
    spot: "main",
    invite: { live: "l", member: { expr: "b" } }
  }
}

/** Where a text is shown because it is no value but a name of the operator's own, which is right. */
const shown = (path: Path) =>
  // The public URL is what senders call.
  path.join(".") === "server.publicUrl" || path[0] === "$schema"

describe("a secret in the place of any other value", () => {
  it.live(
    "is not shown",
    () =>
      Effect.gen(function* () {
        const whole = yield* example
        const file = replaced(whole, ["sources"], {
          ...Object(Predicate.hasProperty(whole, "sources") ? whole.sources : {}),
          ...more
        })
        const leaked: Array<string> = []
        const places = placesIn(file).filter((path) => !shown(path))
        expect(places.length).toBeGreaterThan(100)
        const others = [[canary], { [canary]: null }, { env: canary }, { file: canary }]
        for (const [at, place] of places.entries()) {
          // In short form, the text itself and one of the others in turn.
          for (const by of [canary, ...(isLong ? others : others.slice(at % 4, (at % 4) + 1))]) {
            const { text } = yield* said(JSON.stringify(replaced(file, place, by), null, 1))
            if (/C2FuYXJ5/i.test(text)) leaked.push(`${place.join(".")} by ${JSON.stringify(by)}`)
          }
        }
        expect(leaked).toEqual([])
      }).pipe(isolated),
    180_000
  )

  it.live.each([
    ["an alias", "*"],
    ["a tag", "!"],
    ["a quoted text with an escape", '"\\'],
    ["a reserved character", "@"],
    ["a block", "|"],
    ["a directive", "%"],
    ["a variable", "${"],
    ["a flow", "[}"],
    ["an anchor", "&"]
  ])("is not shown where it makes the file no YAML, as %s", ([, sign]) =>
    Effect.gen(function* () {
      for (const text of [
        `spots:\n  main:\n    secretKey: ${sign}${canary}\nsources: {}\n`,
        `spots:\n  main:\n    secretKey: { env: ${sign}${canary} }\nsources: {}\n`,
        `${sign}${canary}\nspots: {}\nsources: {}\n`
      ]) {
        const { report, text: all } = yield* said(text)
        // An anchor may stand before the whole.
        expect(report.ok).toBe(sign === "&" && text.startsWith("&"))
        expect(all).not.toMatch(/C2FuYXJ5/i)
      }
    }).pipe(isolated)
  )
})
