import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { isolated } from "../../relay/test/harness.ts"
import { ask, relay } from "../../relay/test/admin/harness.ts"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const dist = fileURLToPath(new URL("../dist", import.meta.url))

/** The scripts that the document names, and those that they import at once. */
const firstScripts = () => {
  const namedIn = (text: string) =>
    [...text.matchAll(/(?:src="|from\s*"|import\s*")[^"]*?([\w-]+\.js)"/g)].map(([, file = ""]) => file)
  const found = new Set(namedIn(readFileSync(`${dist}/index.html`, "utf8")))
  for (const file of found)
    for (const named of namedIn(readFileSync(`${dist}/assets/${file}`, "utf8"))) found.add(named)
  return found
}

it("sends at most 250 kB of script before the first look", () => {
  // As the relay serves them to a browser that does not know brotli.
  const compressed = (file: string) => gzipSync(readFileSync(`${dist}/assets/${file}`), { level: 9 }).length
  const sizes = [...firstScripts()].map(compressed)
  expect(sizes.length).toBeGreaterThan(0)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(250_000)
})

it("has nothing in the document itself that its policy forbids", () => {
  const document = readFileSync(`${dist}/index.html`, "utf8")
  expect(document).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:/)
})

it.live("is served with a strict policy, compressed, and kept by browsers for as long as it holds", () =>
  Effect.gen(function* () {
    const { url } = yield* relay()
    const page = yield* ask(`${url}/`)
    expect(page).toMatchObject({
      status: 200,
      headers: {
        "cache-control": "no-cache",
        "content-security-policy": expect.stringMatching(
          /^default-src 'none'; script-src 'self'; style-src 'self';/
        ),
        "x-content-type-options": "nosniff"
      }
    })
    expect(page.headers["content-security-policy"]).not.toContain("unsafe")
    expect((yield* ask(`${url}/`, { headers: { "if-none-match": page.headers["etag"] ?? "" } })).status).toBe(
      304
    )
    const [script = ""] = /\/assets\/[\w-]+\.js/.exec(page.text) ?? []
    const asset = yield* ask(`${url}${script}`, { headers: { "accept-encoding": "br" } })
    expect(asset.headers).toMatchObject({
      "cache-control": "public, max-age=31536000, immutable",
      "content-encoding": "br",
      "content-type": "text/javascript; charset=utf-8"
    })
    for (const path of ["/assets/none.js", "/assets/..%2f..%2fpackage.json", "/index.htm"]) {
      expect((yield* ask(`${url}${path}`)).status).toBe(404)
    }
  }).pipe(isolated)
)
