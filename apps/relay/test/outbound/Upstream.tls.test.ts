/** TLS for real: to a Postgres, and to an upstream, whose certificates an authority of the test has signed. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import * as Postgres from "@usher/engine/Postgres"
import { inject } from "vitest"
import { startPostgres } from "../../../../packages/engine/test/postgresServer.ts"
import * as Upstream from "../../src/outbound/Upstream.ts"
import { authority } from "../certificates.ts"
import {
  configuration,
  deliver,
  folder,
  isolated,
  load,
  participants,
  sandbox,
  secrets,
  serve,
  until
} from "../harness.ts"
import { usher } from "../inProcess.ts"
import { type Pair, terminator } from "./terminator.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

const names = "DNS:localhost,IP:127.0.0.1"

/** A server that only takes passwords over TLS; its URL as it may stand in a file, and the password apart from it. */
const postgresWith = Effect.fnUntraced(function* (pair: Pair) {
  const server = yield* Effect.acquireRelease(
    Effect.promise(() => startPostgres({ tls: pair })),
    ({ remove }) => Effect.promise(remove)
  )
  const url = new URL(server.url)
  const { password } = url
  url.password = ""
  return { url: url.href, password }
})

/** The configuration with a Postgres, and with these keys of the Spot. */
const withPostgres = (database: string, upstream: string, spot = "") =>
  configuration(upstream, spot).replace("database: sqlite:./usher.db", `database: ${database}`)

/** What `usher check --online` says, as one text. */
const check = Effect.fnUntraced(function* (text: string, env: Readonly<Record<string, string>>) {
  const { path } = yield* folder(text)
  const { code, stdout, stderr } = yield* usher(["check", "--online"], { cwd: path, env })
  return { code, said: stdout + stderr }
})

describe("TLS with an authority of one's own", () => {
  it.live(
    "a relay keeps its webhooks in a Postgres and calls an upstream that both show a certificate of it",
    () =>
      Effect.gen(function* () {
        const { ca, certify } = yield* authority
        const database = yield* postgresWith(yield* certify(names))
        const { url, ledger } = yield* sandbox
        const { port } = yield* terminator(yield* certify(names), url)
        const https = `https://localhost:${port}`
        const env = { ...secrets, PGPASSWORD: database.password }

        const both = withPostgres(`{ url: "${database.url}", ca: ${ca} }`, https, `, ca: ${ca}`)
        const home = yield* folder(both)
        const moved = yield* usher(["migrate"], { cwd: home.path, env })
        expect(moved).toMatchObject({ code: 0, stderr: "" })
        const relay = yield* serve(home, env)
        expect(yield* deliver(relay.url, "svix", { email: "a@example.com" }, { id: "1" })).toMatchObject({
          status: 202
        })
        expect(yield* participants(ledger, 1)).toEqual(["a@example.com"])

        const plain = yield* Layer.build(
          Postgres.layer({ url: Redacted.make(database.url), password: Redacted.make(database.password) })
        )
        const sessions = yield* SqlClient.SqlClient.use(
          (sql) => sql<{ ssl: boolean; count: number }>`SELECT ssl, count(*)::int AS count
            FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
            WHERE application_name = 'usher' AND pid <> pg_backend_pid() AND client_port IS NOT NULL GROUP BY ssl`
        ).pipe(Effect.provide(plain))
        const encrypted = sessions.filter(({ ssl }) => ssl).reduce((sum, { count }) => sum + count, 0)
        expect(encrypted).toBeGreaterThan(1)

        // The same two without a word of who answers for them.
        const stranger = yield* check(withPostgres(`"${database.url}?sslmode=require"`, https), env)
        expect(stranger.code).toBe(1)
        expect(stranger.said).toMatch(/database: can't be used: .*certificate/)
        expect(stranger.said).toMatch(
          /spots\.main: .*can't be reached: its certificate is self-signed.* \((?:SELF_SIGNED|UNABLE)[A-Z_]+\)/
        )
      }).pipe(isolated),
    patience
  )

  it.live(
    "a certificate for another host is refused, and so is a Postgres that speaks no TLS",
    () =>
      Effect.gen(function* () {
        const { ca, certify } = yield* authority
        const elsewhere = yield* certify("DNS:elsewhere.example")
        const database = yield* postgresWith(elsewhere)
        const { url } = yield* sandbox
        const { port } = yield* terminator(elsewhere, url)
        const env = { ...secrets, PGPASSWORD: database.password }
        const other = yield* check(
          withPostgres(`{ url: "${database.url}", ca: ${ca} }`, `https://localhost:${port}`, `, ca: ${ca}`),
          env
        )
        expect(other.code).toBe(1)
        expect(other.said).toMatch(/database: can't be used: .*(?:altnames|does not match)/)
        expect(other.said).toMatch(
          /spots\.main: .*can't be reached: its certificate is for another host name \(ERR_TLS_CERT_ALTNAME_INVALID/
        )

        const silent = new URL(inject("postgresUrl"))
        silent.password = ""
        const { said } = yield* check(withPostgres(`{ url: "${silent.href}", ca: ${ca} }`, url), env)
        expect(said).toMatch(/database: can't be used: .*TLS/)
      }).pipe(isolated),
    patience
  )

  it.live(
    "a move goes to a Postgres that --ca answers for, and nowhere without it",
    () =>
      Effect.gen(function* () {
        const { ca, certify } = yield* authority
        const { url, password } = yield* postgresWith(yield* certify(names))
        const home = yield* folder(configuration("http://127.0.0.1:1"))
        yield* usher(["migrate"], { cwd: home.path, env: secrets })
        const move = (...more: ReadonlyArray<string>) =>
          usher(["migrate", "--json", "--to", `${url}?sslmode=require`, ...more], {
            cwd: home.path,
            env: { ...secrets, PGPASSWORD: password }
          })
        expect(yield* move()).toMatchObject({
          code: 5,
          stderr: expect.stringMatching(/^--to: .*certificate/m)
        })
        expect(yield* move("--ca", `${home.path}/none.pem`)).toMatchObject({
          code: 2,
          stderr: "--ca: the file is missing\n"
        })
        expect(yield* move("--ca", ca)).toMatchObject({ code: 0, stderr: "" })
      }).pipe(isolated),
    patience
  )
})

describe("the authority of a Spot", () => {
  it.live("counts for the host that the Spot is called at, until another is named", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* authority, yield* authority]
      const { url } = yield* sandbox
      const first = yield* terminator(yield* one.certify(names), url)
      const second = yield* terminator(yield* one.certify(names), url)
      const trusting = (at: number, ca: string) =>
        Effect.map(
          folder(configuration(`https://localhost:${at}`, `, ca: ${ca}`)).pipe(
            Effect.flatMap(({ file }) => load(file))
          ),
          ({ trusted }) => trusted
        )
      const services = yield* Layer.build(Upstream.layer(yield* trusting(first.port, one.ca)))
      const isReached = ({ port }: { readonly port: number }) =>
        HttpClient.get(`https://localhost:${port}/`).pipe(
          Effect.as(true),
          Effect.orElseSucceed(() => false),
          Effect.provide(services)
        )
      expect([yield* isReached(first), yield* isReached(second)]).toEqual([true, false])

      const { trust } = yield* Effect.provide(Upstream.Upstream, services)
      yield* trust(yield* trusting(second.port, one.ca))
      expect(yield* isReached(second)).toBe(true)
      yield* trust(yield* trusting(second.port, other.ca))
      // Connections that were made before stay.
      second.closeConnections()
      expect(yield* until(isReached(second), (reached) => !reached)).toBe(false)
    }).pipe(isolated)
  )

  it.live(
    "is read again when the relay reloads its file",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { ca, certify } = yield* authority
        const { url, ledger } = yield* sandbox
        const { port } = yield* terminator(yield* certify(names), url)
        const upstream = `https://localhost:${port}`
        const home = yield* folder(configuration(upstream))
        const relay = yield* serve(home)
        yield* deliver(relay.url, "svix", { email: "a@example.com" }, { id: "1" })
        yield* fs.writeFileString(home.file, configuration(upstream, `, ca: ${ca}`))
        yield* relay.kill("SIGHUP")
        expect(yield* participants(ledger, 1)).toEqual(["a@example.com"])
        expect(relay.output.stderr).toContain("configuration reloaded: spots changed main")
      }).pipe(isolated),
    patience
  )
})

describe("the key ca", () => {
  const problems = Effect.fnUntraced(function* (text: string, files: Readonly<Record<string, string>> = {}) {
    const home = yield* folder(text)
    const fs = yield* FileSystem.FileSystem
    for (const [name, content] of Object.entries(files)) {
      yield* fs.writeFileString(`${home.path}/${name}`, content)
    }
    const { problems } = yield* Effect.flip(load(home.file))
    return problems.map(({ path, reason }) => `${path.join(".")}: ${reason}`)
  })

  it.effect("is refused where it can't be meant, in a sentence that quotes nothing of the file", () =>
    Effect.gen(function* () {
      const broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
      const files = { "key.pem": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n", "broken.pem": broken }
      const at = "https://127.0.0.1:9"
      const pg = "postgres://u@127.0.0.1:9/d"
      const spot = (ca: string, upstream = at) => problems(configuration(upstream, `, ca: ${ca}`), files)
      const database = (value: string) => problems(withPostgres(value, at), files)
      expect(yield* spot("absent.pem")).toEqual(["spots.main.ca: the file is missing"])
      expect(yield* spot("key.pem")).toEqual([
        "spots.main.ca: the file has no certificate in PEM format (-----BEGIN CERTIFICATE-----)"
      ])
      expect(yield* spot("broken.pem", "http://127.0.0.1:9")).toEqual([
        "spots.main.ca: ca requires a baseUrl that begins with https://"
      ])
      expect(yield* database(`{ url: "${pg}", ca: broken.pem }`)).toEqual([
        "database.ca: the file has an invalid certificate (number 1 of 1)"
      ])
      expect(yield* database(`{ url: "sqlite:./usher.db", ca: broken.pem }`)).toEqual([
        "database.ca: ca applies only to Postgres: remove it"
      ])
      expect(yield* database(`{ url: "${pg}?sslmode=disable", ca: broken.pem }`)).toEqual([
        "database.ca: the file has an invalid certificate (number 1 of 1)",
        "database: sslmode=disable contradicts ca: remove one of them"
      ])
      expect(yield* database(`"${pg}?sslmode=verify-full&sslrootcert=/etc/ca.pem"`)).toEqual([
        "database: the relay does not support sslrootcert in the URL: name the file with the certificate authorities as { url, ca: path }"
      ])
    }).pipe(isolated)
  )
})
