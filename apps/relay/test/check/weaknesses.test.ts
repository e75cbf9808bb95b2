/** One weak configuration, by the real command line. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { configuration, folder, isolated, secrets, serve } from "../harness.ts"
import { usher } from "../inProcess.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

const strong = "9f2c61d07be84a35c6f01e7d83b25a94"

const invite = "invite: { live: live-1, member: { expr: email } }"

const weak = `
server: { host: 0.0.0.0, publicUrl: "http://hooks.example.com", admin: { host: 127.0.0.1, port: 8788 } }
database: { url: "postgres://usher@db.example.invalid/usher" }
admin: { tokens: [{ env: ADMIN, scope: operate }] }
spots:
  main: { secretKey: { file: spot.key }, baseUrl: "http://spot.example.com" }
sources:
  short: { sender: typeform, secrets: [{ env: STRONG }, { env: SHORT }], spot: main, ${invite} }
  same: { sender: typeform, secrets: [{ env: SAME }], spot: main, ${invite} }
  basic: { sender: basic, secrets: [{ env: BASIC }], spot: main, ${invite} }
  open: { sender: none, spot: main, ${invite} }
  sha1: { sender: intercom, secrets: [{ env: STRONG }], spot: main, ${invite} }
  forged: { sender: hubspot-v1, secrets: [{ env: STRONG }], deliveryId: { json: id }, spot: main, ${invite} }
  unsigned: { sender: github, secrets: [{ env: STRONG }], spot: main, ${invite} }
  partly: { sender: segment-batch, secrets: [{ env: STRONG }], spot: main, ${invite} }
  bodiless:
    sender: custom
    verify: { scheme: hmac, header: x-s, timestamp: { header: x-t }, parts: [timestamp] }
    secrets: [{ env: STRONG }]
    spot: main
    ${invite}
  query: { sender: jotform, secrets: [{ env: SIGNS }], spot: main, ${invite} }
  readable: { sender: typeform, secrets: [{ file: form.secret }], spot: main, ${invite} }
  asked: { sender: meta, secrets: [{ env: STRONG }], verifyToken: { env: SHORT }, spot: main, ${invite} }
  good: { sender: typeform, secrets: [{ env: STRONG }], spot: main, ${invite} }
`

const env = {
  STRONG: strong,
  SHORT: "shrt-C4n4ry",
  SAME: "C4n4ry".repeat(6),
  ADMIN: "a".repeat(32),
  BASIC: "a-long-user-name:C4n4ry",
  SIGNS: "C4n4ry+9f2c61d07be84a35c6f0",
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.example.com:4318"
}

/** The rule, and where. The first word or so of the reason tells the rest. */
const expected: ReadonlyArray<
  readonly [rule: string, path: string, line: number | undefined, reason: RegExp]
> = [
  ["plain-http", "", undefined, /^traces and metrics are sent to the collector unencrypted/],
  ["shared-address", "server", 2, /server\.trustedProxies$/],
  ["plain-http", "server.publicUrl", 2, /use https$/],
  ["database-without-tls", "database", 3, /set ca, or sslmode=verify-full/],
  ["repetitive-secret", "admin.tokens.0", 4, /openssl rand -hex 32/],
  ["plain-http", "spots.main.baseUrl", 6, /secret key .* unencrypted: use https$/],
  ["readable-secret", "spots.main.secretKey", 6, /\(mode 0640\): run chmod 0600/],
  ["short-secret", "sources.short.secrets.1", 8, /shorter than 16 characters/],
  ["repetitive-secret", "sources.same.secrets.0", 9, /is a repetition/],
  ["short-secret", "sources.basic.secrets.0", 10, /shorter than 16 characters/],
  ["unverified-source", "sources.open", 11, /other machines can reach.*listen on 127\.0\.0\.1/],
  ["sha1-signature", "sources.sha1", 12, /SHA-256/],
  ["forgeable-signature", "sources.forged", 13, /plain hash/],
  ["unsigned-delivery-id", "sources.unsigned", 14, /x-github-delivery/],
  ["sha1-signature", "sources.partly", 15, /SHA-256/],
  ["unsigned-body", "sources.partly", 15, /only the first event/],
  ["unsigned-body", "sources.bodiless", 16, /does not cover the body/],
  [
    "token-needs-encoding",
    "sources.query.secrets.0",
    22,
    /\+ as %2B, & as %26, # as %23, % as %25, = as %3D/
  ],
  ["readable-secret", "sources.readable.secrets.0", 23, /\(mode 0644\)/],
  ["short-secret", "sources.asked.verifyToken", 24, /shorter than 16 characters/]
]

const weakHome = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const home = yield* folder(weak)
  for (const [name, mode] of [
    ["spot.key", 0o640],
    ["form.secret", 0o644]
  ] as const) {
    yield* fs.writeFileString(`${home.path}/${name}`, strong)
    yield* fs.chmod(`${home.path}/${name}`, mode)
  }
  return home
})

const sorted = (found: ReadonlyArray<string>) => found.toSorted()

describe("a weak configuration", () => {
  it.live(
    "is warned about, each weakness by its rule and its place, and nothing else",
    () =>
      Effect.gen(function* () {
        const home = yield* weakHome
        const { stdout } = yield* usher(["check", "--json"], { cwd: home.path, env })
        const { valid, warnings, errors } = JSON.parse(stdout)
        // The database is nowhere, which is an error of its own.
        expect({ valid, errors }).toMatchObject({ valid: true, errors: [{ path: "database" }] })
        const rows = (warnings as ReadonlyArray<{ rule: string; path: string; line?: number }>).map(
          ({ rule, path, line }) => `${line} ${path} ${rule}`
        )
        expect(sorted(rows)).toEqual(sorted(expected.map(([rule, path, line]) => `${line} ${path} ${rule}`)))
        for (const [rule, path, , reason] of expected) {
          expect(warnings).toContainEqual(
            expect.objectContaining({ rule, path, reason: expect.stringMatching(reason) })
          )
        }
        expect(stdout).not.toMatch(/C4n4ry|9f2c61/)
      }).pipe(isolated),
    patience
  )

  const slightly = configuration("http://127.0.0.1:9")

  it.live(
    "ends with 0, and with --strict with 1",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(slightly)
        const told = yield* usher(["check"], { cwd: home.path, env: secrets })
        expect(told).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/^\d+ warnings:\n! line \d+, /m)
        })
        const strict = yield* usher(["check", "--strict"], { cwd: home.path, env: secrets })
        expect(strict.code).toBe(1)
        expect(strict.stdout).toMatch(/^\d+ warnings, which --strict counts as errors:\n! /m)
        const { stdout, code } = yield* usher(["check", "--strict", "--json"], {
          cwd: home.path,
          env: secrets
        })
        expect({ code, ...JSON.parse(stdout) }).toMatchObject({
          code: 1,
          valid: true,
          ok: false,
          errors: [],
          warnings: expect.arrayContaining([expect.objectContaining({ rule: "unsigned-delivery-id" })])
        })
      }).pipe(isolated),
    patience
  )

  it.live(
    "is right with --strict once its secrets are long and its ids are signed",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(
          slightly.replace("deliveryId: { header: x-delivery-id }", "deliveryId: { json: id }")
        )
        const all = Object.fromEntries(
          Object.keys(secrets).map((name) => [
            name,
            /STANDARD|SVIX/.test(name) ? `whsec_${btoa(strong.slice(0, 24))}` : strong
          ])
        )
        const told = yield* usher(["check", "--strict"], { cwd: home.path, env: all })
        expect(told).toMatchObject({ code: 0, stderr: "" })
        expect(told.stdout).not.toContain("warning")
      }).pipe(isolated),
    patience
  )

  it.live(
    "is logged by the start, once, as a count and each weakness",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(slightly)
        const relay = yield* serve(home)
        const warned = relay.output.stderr
          .split("\n")
          .filter((line) => line.includes('"warn"') && !line.includes('"database: '))
          .map((line) => JSON.parse(line).message)
        const { stdout } = yield* usher(["check", "--json"], { cwd: home.path, env: secrets })
        const { warnings } = JSON.parse(stdout)
        expect(warnings.length).toBeGreaterThan(1)
        expect(warned).toEqual([
          `the configuration has ${warnings.length} warnings. To list them: usher check`,
          ...warnings.map(({ path, reason }: { path: string; reason: string }) => `${path}: ${reason}`)
        ])
      }).pipe(isolated),
    patience
  )
})

describe("sender: none", () => {
  it.live(
    "is warned about on this machine, too",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(`
spots: { main: { secretKey: { env: STRONG } } }
sources: { open: { sender: none, spot: main, ${invite} } }
`)
        const { stdout, code } = yield* usher(["check", "--json"], {
          cwd: home.path,
          env: { STRONG: strong }
        })
        expect({ code, warnings: JSON.parse(stdout).warnings }).toEqual({
          code: 0,
          warnings: [
            {
              rule: "unverified-source",
              path: "sources.open",
              line: 3,
              reason: expect.stringContaining("every program on this machine")
            }
          ]
        })
      }).pipe(isolated),
    patience
  )
})
