/** A relay with two tokens, and clients that have them. */
import { it } from "@effect/vitest"
import { Context, type Duration, Effect, FileSystem, Layer, type Scope } from "effect"
import { HttpBody, HttpClient, HttpClientRequest, type HttpMethod } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { SqlClient } from "effect/sql"
import { Api } from "@usher/admin"
import { LiveReader } from "@usher/engine"
import { Heartbeat } from "../../../../packages/admin/src/internal/server/api/events.ts"
import { layerEvaluator } from "../../../../packages/engine/test/evaluator.ts"
import { layerJudge } from "../../../../packages/engine/test/judge.ts"
import { copyTo } from "../../../../packages/engine/test/sqliteTemplate.ts"
import * as Server from "../../src/server/Server.ts"
import { configuration, folder, isolated, load, sandbox, secrets } from "../harness.ts"
import { migratedPostgres } from "../postgres.ts"

export const tokens = {
  OPERATE_TOKEN: "operate-0123456789abcdef0123456789abcdef",
  READ_TOKEN: "read-0123456789abcdef0123456789abcdef0"
}

/** A section of its own. */
export const admin = `
admin:
  tokens:
    - { env: OPERATE_TOKEN, name: ops, scope: operate }
    - { env: READ_TOKEN, name: viewer }
`

/** A relay in this process before a sandbox; on SQLite, unless another database is given. */
export const relay = Effect.fnUntraced(function* (
  database?: { readonly url: string; readonly password: string },
  environment: Readonly<Record<string, string>> = {},
  options: {
    /** The section `server` of the file. */
    readonly server?: string
    /** The section `admin` of the file. */
    readonly admin?: string
    /** The folder of a relay that ran before. */
    readonly home?: Home
    /** How often a stream of events checks its caller. */
    readonly heartbeat?: Duration.Input
    /** How often the relay looks for a Live to read. Default: not during a test, which may name Lives by their ids. */
    readonly lookEvery?: Duration.Input
    /** A line of the source `svix`. */
    readonly svix?: string
  } = {}
) {
  const upstream = yield* sandbox
  const { server = "{ port: 0 }", heartbeat = "15 seconds", lookEvery = "1 hour", svix = "" } = options
  const text =
    configuration(upstream.url)
      .replace("sqlite:./usher.db", database?.url ?? "sqlite:./usher.db")
      .replace("{ port: 0 }", server)
      .replace("  svix:\n", `  svix:\n    ${svix}\n`) + (options.admin ?? admin)
  const env = { ...secrets, ...tokens, PGPASSWORD: database?.password ?? "", ...environment }
  const home = options.home ?? (yield* folder(text))
  yield* (yield* FileSystem.FileSystem).writeFileString(home.file, text)
  if (database === undefined) yield* copyTo(home.database)
  const config = yield* load(home.file, env)
  const services = yield* Layer.build(
    Server.layer(config).pipe(
      Layer.provideMerge(Server.layerInbox(config)),
      Layer.provide([
        Layer.succeed(Heartbeat, heartbeat),
        Layer.succeed(LiveReader.LookEvery, lookEvery),
        layerJudge,
        layerEvaluator
      ])
    )
  )
  const url = yield* Effect.provide(Server.url, services)
  const sql = Context.get(services, SqlClient.SqlClient)
  return {
    url,
    home,
    sql,
    file: home.file,
    env,
    /** How many webhooks and invitations have each status. */
    statuses: Effect.all({ webhooks: statuses(sql, "webhooks"), invitations: statuses(sql, "invitations") }),
    /** The file, where it is SQLite. */
    database: home.database,
    ledger: upstream.ledger,
    /** What the upstream does wrong, once or as often as said. */
    fault: (status: number, more: { readonly times?: number; readonly retryAfter?: string } = {}) =>
      ask(`${upstream.url}/sandbox/fault`, {
        method: "PUT",
        body: JSON.stringify({ status, times: 1, ...more })
      }),
    /** It does nothing wrong any more. */
    mend: ask(`${upstream.url}/sandbox/fault`, { method: "PUT", body: "[]" }),
    operator: yield* client(url, tokens.OPERATE_TOKEN),
    viewer: yield* client(url, tokens.READ_TOKEN)
  }
})

const statuses = (sql: SqlClient.SqlClient, table: string) =>
  Effect.map(
    sql<{
      status: string
      count: number
    }>`SELECT status, count(*) AS count FROM ${sql(table)} GROUP BY status`,
    (found) => Object.fromEntries(found.map(({ status, count }) => [status, Number(count)]))
  )

type Home = Effect.Success<ReturnType<typeof folder>>

/** The contract's own client. */
export const client = (baseUrl: string, token: string) =>
  HttpApiClient.make(Api.AdminApi, {
    baseUrl,
    transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken(token))
  })

export type Relay = Effect.Success<ReturnType<typeof relay>>

/** The test on both databases. */
export const onEach = <E>(
  sentence: string,
  test: (relay: Relay) => Effect.Effect<void, E, Scope.Scope | HttpClient.HttpClient | FileSystem.FileSystem>
) => {
  it.live(`${sentence}, on SQLite`, () => relay().pipe(Effect.flatMap(test), isolated))
  it.live(`${sentence}, on Postgres`, () =>
    migratedPostgres.pipe(
      Effect.flatMap((database) => relay(database)),
      Effect.flatMap(test),
      isolated
    )
  )
}

export interface Asked {
  readonly method?: HttpMethod.HttpMethod
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A request as anybody may send it. */
export const ask = Effect.fnUntraced(function* (
  url: string,
  { method = "GET", headers = {}, body }: Asked = {}
) {
  const response = yield* HttpClientRequest.make(method)(url, {
    headers,
    ...(body === undefined
      ? {}
      : { body: HttpBody.text(body, headers["content-type"] ?? "application/json") })
  }).pipe(HttpClient.execute)
  const text = yield* response.text
  const json: unknown = /json/.test(response.headers["content-type"] ?? "") ? JSON.parse(text) : undefined
  return { status: response.status, headers: response.headers, cookies: response.cookies, text, json }
})

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
