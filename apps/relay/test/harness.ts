/** The relay in process or spawned, the sandbox behind it, and senders that sign. */
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import {
  ConfigProvider,
  Context,
  DateTime,
  Effect,
  FileSystem,
  Layer,
  Logger,
  Option,
  Redacted
} from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { Ledger, Sandbox } from "@usher/sandbox"
import { type Scheme, type Sender, Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { spawn } from "node:child_process"
import { createConnection } from "node:net"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { inject } from "vitest"
import { layerEvaluator } from "../../../packages/engine/test/evaluator.ts"
import * as ConfigFile from "../src/config/ConfigFile.ts"
import * as Server from "../src/server/Server.ts"

/** By the names under which the configuration asks for them. */
export const secrets = {
  SPOT_KEY: "key-of-the-spot",
  STANDARD_SECRET: `whsec_${btoa("standard webhooks secret")}`,
  SVIX_SECRET: `whsec_${btoa("svix secret of the members")}`,
  TYPEFORM_SECRET: "typeform-secret",
  TOKEN_SECRET: "shared-token-secret",
  HMAC_SECRET: "custom-hmac-secret"
}

export const senderNamed = (name: string) => Option.getOrThrow(Senders.get(name))

/** How each source signs, and with what. */
export const senders = {
  standard: [senderNamed("standard-webhooks"), secrets.STANDARD_SECRET],
  svix: [senderNamed("svix"), secrets.SVIX_SECRET],
  typeform: [senderNamed("typeform"), secrets.TYPEFORM_SECRET],
  token: [senderNamed("token"), secrets.TOKEN_SECRET],
  hmac: [
    { scheme: "hmac", header: "x-sheet-signature", algorithm: "sha512", encoding: "base64", prefix: "v1=" },
    secrets.HMAC_SECRET
  ]
} as const satisfies Record<string, readonly [Sender.Sender | Scheme.Scheme, string]>

export type Source = keyof typeof senders

export const configuration = (sandboxUrl: string, spot = "") => `
server: { port: 0 }
database: sqlite:./usher.db
spots:
  main: { secretKey: { env: SPOT_KEY }, baseUrl: "${sandboxUrl}" ${spot} }
sources:
  standard:
    sender: standard-webhooks
    secrets: [{ env: STANDARD_SECRET }]
    spot: main
    invite: { live: live-standard, member: { expr: email } }
  svix:
    sender: svix
    secrets: [{ env: SVIX_SECRET }]
    spot: main
    invite: { live: live-svix, member: { expr: email } }
  typeform:
    sender: typeform
    secrets: [{ env: TYPEFORM_SECRET }]
    spot: main
    invite: { live: live-typeform }
  token:
    sender: token
    secrets: [{ env: TOKEN_SECRET }]
    spot: main
    invite: { live: live-token, member: { expr: people.email } }
  hmac:
    sender: custom
    verify: { scheme: hmac, header: X-Sheet-Signature, algorithm: sha512, encoding: base64, prefix: "v1=" }
    secrets: [{ env: HMAC_SECRET }]
    deliveryId: { header: x-delivery-id }
    spot: main
    invite: { live: { expr: live }, member: { expr: email } }
`

/** A folder with this configuration in it. */
export const folder = Effect.fnUntraced(function* (configuration: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* fs.makeTempDirectoryScoped({ prefix: "usher-test-" })
  yield* fs.writeFileString(`${path}/usher.yaml`, configuration)
  return { path, file: `${path}/usher.yaml`, database: `${path}/usher.db` }
})

/** The upstream emulated, in this process. */
export const sandbox = Effect.gen(function* () {
  const services = yield* Layer.build(Sandbox.layer({ secretKey: Redacted.make(secrets.SPOT_KEY) }))
  const ledger = Context.get(services, Ledger.Ledger)
  return { url: yield* Effect.provide(Server.url, services), ledger }
})

/** A configuration file, read with the secrets at hand. */
export const load = (file: string, env: Readonly<Record<string, string>> = secrets) =>
  Effect.provideService(
    Effect.provide(ConfigFile.load(file), layerEvaluator),
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnv({ env: { ...env } })
  )

/** Signs as the source's sender does, and sends. */
export const deliver = Effect.fnUntraced(function* (
  relayUrl: string,
  source: Source,
  body: unknown,
  options: {
    readonly id?: string
    readonly secret?: string
    readonly headers?: Readonly<Record<string, string>>
  } = {}
) {
  const [signer, secret] = senders[source]
  const signed = yield* sign(signer, {
    secret: options.secret ?? secret,
    body: typeof body === "string" ? body : JSON.stringify(body),
    at: yield* DateTime.now,
    url: `${relayUrl}/webhooks/${source}`,
    ...(options.id === undefined ? {} : { id: options.id }),
    headers: options.headers ?? {}
  })
  const response = yield* HttpClientRequest.post(signed.url).pipe(
    HttpClientRequest.setHeaders(signed.headers),
    HttpClientRequest.bodyUint8Array(signed.body, "application/json"),
    HttpClient.execute,
    Effect.provideService(HttpClient.TracerPropagationEnabled, false)
  )
  const text = yield* response.text
  return { status: response.status, headers: response.headers, text, json: parse(text), sent: signed.headers }
})

const parse = (text: string): unknown => (text === "" ? undefined : JSON.parse(text))

/** Looks again and again; a test's own timeout bounds it. */
export const until = <A, E, R>(look: Effect.Effect<A, E, R>, isSo: (seen: A) => boolean) =>
  Effect.repeat(Effect.delay(look, "10 millis"), { until: isSo })

/** Until the sandbox has this many participants: their addresses, sorted. */
export const participants = (ledger: Ledger.Ledger["Service"], count: number) =>
  Effect.map(
    until(ledger.state, (state) => state.participants.length >= count),
    (state) => state.participants.map(({ member }) => member).toSorted()
  )

/** Another process's view of the relay's database. */
export const openDatabase = (file: string) =>
  Effect.acquireRelease(
    Effect.sync(() => new DatabaseSync(file, { timeout: 1_000 })),
    (database) => Effect.sync(() => database.close())
  )

/** `usher` as it is written, module by module. */
export const sources = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** What tests start: `usher` as `built.ts` has built it, which starts in a quarter of the time. */
export const program = inject("usherProgram") ?? sources

interface StartOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Default: `program`. */
  readonly main?: string
}

/** A spawned `usher`. It ends with the scope at the latest. */
export const start = (args: ReadonlyArray<string>, options: StartOptions = {}) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      // So that only the first start compiles everything.
      const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env
      const child = spawn(process.execPath, [options.main ?? program, ...args], {
        cwd: options.cwd,
        env: { PATH, NODE_COMPILE_CACHE, ...options.env },
        stdio: ["ignore", "pipe", "pipe"]
      })
      const output = { stdout: "", stderr: "" }
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text))
      child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
      const ended = new Promise<{ readonly code: number | null; readonly signal: string | null }>(
        (resolve) => {
          child.on("close", (code, signal) => resolve({ code, signal }))
        }
      )
      return {
        output,
        pid: child.pid,
        ended: Effect.promise(() => ended),
        kill: (signal: NodeJS.Signals) => Effect.sync(() => child.kill(signal))
      }
    }),
    ({ ended, kill }) => Effect.andThen(kill("SIGKILL"), ended)
  )

/** Runs `usher` to its end. */
export const usher = (...args: Parameters<typeof start>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { output, ended } = yield* start(...args)
      const { code } = yield* ended
      return { ...output, code }
    })
  )

/** A spawned `usher serve` that listens. */
export const serve = Effect.fnUntraced(function* (
  folder: { readonly path: string },
  env: Readonly<Record<string, string>> = secrets,
  main: string = program
) {
  const relay = yield* start(["serve"], { cwd: folder.path, env, main })
  const listening = /listens on (http:\/\/[\d.:]+)/
  const said = yield* until(
    Effect.sync(() => listening.exec(relay.output.stderr)),
    (found) => found !== null
  )
  return { ...relay, url: said?.[1] ?? "" }
})

/** A bare connection, for clients that misbehave. */
export const connect = (url: string) =>
  Effect.acquireRelease(
    Effect.callback<Connection, Error>((resume) => {
      const { hostname, port } = new URL(url)
      const socket = createConnection(Number(port), hostname)
      let received = ""
      const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()))
      socket.setEncoding("utf8").on("data", (text: string) => (received += text))
      socket.on("error", (error) => resume(Effect.fail(error)))
      socket.on("connect", () =>
        resume(
          Effect.succeed({
            send: (text: string) => Effect.sync(() => void socket.write(text)),
            received: Effect.sync(() => received),
            closed: Effect.promise(() => closed),
            buffered: () => socket.writableLength,
            close: Effect.sync(() => socket.destroy())
          })
        )
      )
    }),
    ({ close }) => close
  )

interface Connection {
  readonly send: (text: string) => Effect.Effect<void>
  readonly received: Effect.Effect<string>
  /** When the other side has closed it. */
  readonly closed: Effect.Effect<void>
  /** In bytes: what the other side has not taken yet. */
  readonly buffered: () => number
  readonly close: Effect.Effect<unknown>
}

/** A delivery to the source `token`, as it goes over the wire. */
export const rawDelivery = (email: string) => {
  const body = JSON.stringify({ people: [{ email }] })
  const head = [
    "POST /webhooks/token HTTP/1.1",
    "host: localhost",
    "content-type: application/json",
    `content-length: ${body.length}`,
    `x-relay-secret: ${secrets.TOKEN_SECRET}`
  ]
  return `${head.join("\r\n")}\r\n\r\n${body}`
}

/** What tests of processes, files and servers need. */
export const platform = Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici, Logger.layer([]))

/** Gives a test its platform and ends with it all that it started; nothing is logged. */
export const isolated = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.provide(Effect.scoped(test), platform)
