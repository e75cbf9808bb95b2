/** What a source may refuse, limit and hold, from the configuration file to the tables. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { HttpClient } from "effect/http"
import { Operations, Quarantine, QuarantineSql, SourcePauses, Sources } from "@usher/engine"
import { layerEvaluator } from "../../../../packages/engine/test/evaluator.ts"
import * as Server from "../../src/server/Server.ts"
import {
  configuration,
  deliver,
  folder,
  isolated,
  load,
  participants,
  sandbox,
  secrets,
  until
} from "../harness.ts"

const wrong = { secret: `whsec_${btoa("a wrong secret")}` }
const mended = `whsec_${btoa("the secret that the sender has")}`

/** A relay in this process, with these lines in place of others. */
const relay = Effect.fnUntraced(function* (edit: (text: string) => string = (text) => text) {
  const upstream = yield* sandbox
  const home = yield* folder(edit(configuration(upstream.url)))
  const config = yield* load(home.file)
  const services = yield* Layer.build(
    Server.layer(config).pipe(Layer.provideMerge(Server.layerInbox(config)), Layer.provide(layerEvaluator))
  )
  return { url: yield* Effect.provide(Server.url, services), config, home, services, ledger: upstream.ledger }
})

const server = (keys: string) => (text: string) => text.replace("port: 0", `port: 0, ${keys}`)

describe("a delivery that does not verify", () => {
  it.live("is kept, and released once its secret is mended", () =>
    Effect.gen(function* () {
      const { url, home, services, ledger } = yield* relay()
      const refused = yield* deliver(url, "svix", { email: "ada@example.com" }, { secret: mended })
      expect(refused.status).toBe(401)

      const config = yield* load(home.file, { ...secrets, SVIX_SECRET: mended })
      const quarantine = Quarantine.Quarantine.use((quarantine) =>
        Effect.gen(function* () {
          const { items } = yield* quarantine.list({ source: "svix" }, { limit: 10 })
          expect(items).toMatchObject([{ reason: "NoSecretMatches", times: 1 }])
          expect(yield* quarantine.get(items[0]?.id ?? "")).toMatchObject({ verifies: true })
          return yield* quarantine.release({ source: "svix" }, { by: "ops" })
        })
      )
      const layer = QuarantineSql.layer({ publicUrl: config.relay.publicUrl }).pipe(
        Layer.provide(Sources.layer(config.relay.sources))
      )
      expect(
        yield* quarantine.pipe(Effect.provide(Layer.provide(layer, Layer.succeedContext(services))))
      ).toMatchObject({
        released: 1,
        refused: 0
      })
      expect(yield* participants(ledger, 1)).toEqual(["ada@example.com"])
    }).pipe(isolated)
  )

  it.live("counts against its address, where a trusted proxy tells it", () =>
    Effect.gen(function* () {
      const { url } = yield* relay(
        server('trustedProxies: ["127.0.0.1"], refusals: { perSecond: 0.001, burst: 2 }')
      )
      const from = (address: string) => ({ headers: { "x-forwarded-for": address } })
      const status = (options: Parameters<typeof deliver>[3]) =>
        Effect.map(deliver(url, "svix", { email: "ada@example.com" }, options), ({ status }) => status)
      expect(yield* status({ ...wrong, ...from("203.0.113.7") })).toBe(401)
      expect(yield* status({ ...wrong, ...from("203.0.113.7") })).toBe(401)
      expect(yield* status(from("203.0.113.7"))).toBe(429)
      expect(yield* status(from("203.0.113.8"))).toBe(202)
    }).pipe(isolated)
  )
})

it.live("a source may have a limit, and a body a length of its own", () =>
  Effect.gen(function* () {
    const { url } = yield* relay((text) =>
      server('maxBodySize: "200 B"')(text).replace(
        "sender: svix\n",
        "sender: svix\n    limit: { perSecond: 0.001, burst: 1 }\n"
      )
    )
    expect((yield* deliver(url, "typeform", { pad: "x".repeat(200) })).status).toBe(413)
    expect((yield* deliver(url, "svix", { email: "ada@example.com" })).status).toBe(202)
    const limited = yield* deliver(url, "svix", { email: "grace@example.com" })
    expect([limited.status, Number(limited.headers["retry-after"])]).toEqual([429, expect.any(Number)])
  }).pipe(isolated)
)

it.live("a paused source accepts and holds, through a restart, and goes on where it was", () =>
  Effect.gen(function* () {
    const { url, services, ledger } = yield* relay()
    const [control, operations] = [
      Context.get(services, SourcePauses.SourcePauses),
      Context.get(services, Operations.Operations)
    ]
    yield* control.pause("svix", { by: "ada" })
    const { status, json } = yield* deliver(url, "svix", { email: "ada@example.com" })
    expect(status).toBe(202)
    const { id } = json as { readonly id: string }
    yield* until(operations.webhook(id), (webhook) => webhook?.status === "held")
    expect((yield* deliver(url, "token", { people: { email: "grace@example.com" } })).status).toBe(200)
    expect(yield* participants(ledger, 1)).toEqual(["grace@example.com"])
    yield* control.resume("svix")
    expect(yield* participants(ledger, 2)).toEqual(["ada@example.com", "grace@example.com"])
  }).pipe(isolated)
)

it.live("Meta's handshake is answered with the token of the configuration", () =>
  Effect.gen(function* () {
    const { url } = yield* relay((text) =>
      text.replace("sender: svix\n", "sender: meta\n    verifyToken: { env: HMAC_SECRET }\n")
    )
    const ask = (token: string) =>
      Effect.flatMap(
        HttpClient.get(`${url}/webhooks/svix?hub.mode=subscribe&hub.challenge=42&hub.verify_token=${token}`),
        (response) => Effect.map(response.text, (text) => [response.status, text])
      )
    expect(yield* ask(secrets.HMAC_SECRET)).toEqual([200, "42"])
    expect((yield* ask("another"))[0]).toBe(401)
  }).pipe(isolated)
)
