/** Calls to MeltingSpot and to a collector through a real proxy, which writes down what it is asked for. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { authority } from "../certificates.ts"
import {
  configuration,
  deliver,
  folder,
  isolated,
  participants,
  sandbox,
  secrets,
  serve,
  until,
  usher
} from "../harness.ts"
import { collector } from "../telemetry/collector.ts"
import { loggingProxy } from "./loggingProxy.ts"
import { terminator } from "./terminator.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

const check = Effect.fnUntraced(function* (text: string, env: Readonly<Record<string, string>> = {}) {
  const { path } = yield* folder(text)
  const { code, stdout, stderr } = yield* usher(["check", "--online"], {
    cwd: path,
    env: { ...secrets, ...env }
  })
  return { code, said: stdout + stderr }
})

describe("a proxy", () => {
  it.live(
    "of the environment is asked for MeltingSpot, by CONNECT for https, and for the collector",
    () =>
      Effect.gen(function* () {
        const { ca, certify } = yield* authority
        const { url, ledger } = yield* sandbox
        const { port } = yield* terminator(yield* certify("DNS:localhost"), url)
        const otlp = yield* collector
        const proxy = yield* loggingProxy({ credentials: "usher:p@ss word" })
        const withUser = proxy.url.replace("//", "//usher:p%40ss%20word@")
        const home = yield* folder(configuration(`https://localhost:${port}`, `, ca: ${ca}`))
        const relay = yield* serve(home, {
          ...secrets,
          https_proxy: withUser,
          HTTP_PROXY: withUser,
          OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
          OTEL_METRIC_EXPORT_INTERVAL: "100",
          OTEL_TRACES_EXPORTER: "none"
        })
        yield* deliver(relay.url, "svix", { email: "a@example.com" }, { id: "1" })
        expect(yield* participants(ledger, 1)).toEqual(["a@example.com"])
        expect(proxy.asked).toContain(`CONNECT localhost:${port}`)
        const exported = `POST ${otlp.url}/v1/metrics`
        yield* until(
          Effect.sync(() => proxy.asked),
          (asked) => asked.includes(exported)
        )
        expect(proxy.asked).toContain(exported)
        expect(relay.output.stderr).toContain(`Spot main: calls go through the proxy ${proxy.url}`)
        expect(relay.output.stderr).not.toMatch(/p%40ss|p@ss/)
      }).pipe(isolated),
    patience
  )

  it.live(
    "of the file takes its place, with its exceptions, and that of a Spot both of theirs",
    () =>
      Effect.gen(function* () {
        const { url } = yield* sandbox
        const [one, two] = [yield* loggingProxy(), yield* loggingProxy()]
        const env = { HTTP_PROXY: two.url }
        const named = yield* check(configuration(url) + `\nproxy: { url: "${one.url}" }`, env)
        expect(named.said).toContain(`through the proxy ${one.url}`)
        expect([one.asked.length > 0, two.asked.length]).toEqual([true, 0])
        for (const line of ["proxy: none", `proxy: { url: "${one.url}", noProxy: [127.0.0.0/8] }`]) {
          expect((yield* check(configuration(url) + `\n${line}`, env)).said).not.toContain(
            "through the proxy"
          )
        }
        expect((yield* check(configuration(url), { ...env, NO_PROXY: "127.0.0.1" })).said).not.toContain(
          "through"
        )
        const own = configuration(url, `, proxy: { env: OTHER }`) + `\nproxy: { url: "${one.url}" }`
        expect((yield* check(own, { OTHER: two.url })).said).toContain(`through the proxy ${two.url}`)
        const invited = yield* usher(["invite", "--live", "live-1", "--member", "b@example.com"], {
          env: { ...env, MELTINGSPOT_SECRET_KEY: secrets.SPOT_KEY, MELTINGSPOT_BASE_URL: url }
        })
        expect(invited.code).toBe(0)
        expect(two.asked.at(-1)).toBe(`POST ${url}/v1/lives/live-1/participants`)
      }).pipe(isolated),
    patience
  )

  it.live(
    "that refuses or is not there is named as what failed, and its password nowhere",
    () =>
      Effect.gen(function* () {
        const { url } = yield* sandbox
        const locked = yield* loggingProxy({ credentials: "u:right" })
        const closed = yield* loggingProxy({ refusal: 403 })
        const wrong = locked.url.replace("//", "//u:wr0ng@")
        const at = (base: string, proxy: string) =>
          check(configuration(base), { http_proxy: proxy, https_proxy: proxy })
        const [tunnel, whole, forbidden, gone, socks] = [
          yield* at("https://localhost:9", wrong),
          yield* at(url, wrong),
          yield* at("https://localhost:9", closed.url),
          yield* at("https://localhost:9", "http://127.0.0.1:9"),
          yield* at(url, "socks5://u:wr0ng@127.0.0.1:9")
        ]
        expect(tunnel.said).toMatch(/can't be reached: the proxy wants a user and a password.* \(PROXY_407\)/)
        expect(whole.said).toMatch(/can't be reached: the proxy wants a user and a password.* \(PROXY_407\)/)
        expect(forbidden.said).toMatch(/the proxy does not allow calls to this host \(403\)/)
        expect(gone.said).toMatch(/the proxy can't be used: it refuses connections.* \(PROXY_ECONNREFUSED\)/)
        expect(socks.said).toMatch(/in the environment, http_proxy: SOCKS is not supported/)
        for (const { code, said } of [tunnel, whole, forbidden, gone, socks]) {
          expect(code).toBe(1)
          expect(said).not.toContain("wr0ng")
        }
      }).pipe(isolated),
    patience
  )
})
