import { describe, expect, it } from "@effect/vitest"
import { parser } from "@prometheus-io/lezer-promql"
import { Effect, FileSystem } from "effect"
import { Yaml } from "effect/encoding"
import { HttpClient } from "effect/http"
import { fileURLToPath } from "node:url"
import parsePrometheus from "parse-prometheus-text-format"
import { configuration, deliver, folder, isolated, participants, sandbox, serve, until } from "../harness.ts"

/** What a scrape holds, read by a parser that is not ours. */
const scrape = Effect.fnUntraced(function* (url: string) {
  const response = yield* HttpClient.get(`${url}/metrics`)
  expect(response.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8")
  const text = yield* response.text
  return { text, families: parsePrometheus(text) }
})

/** A relay that has had one of each, and the value of a series there. */
const busy = Effect.gen(function* () {
  const { url, ledger } = yield* sandbox
  const relay = yield* serve(yield* folder(configuration(url)))
  yield* deliver(relay.url, "svix", { email: "alice@example.com" }, { id: "msg_1" })
  yield* deliver(relay.url, "svix", { email: "alice@example.com" }, { id: "msg_1" })
  yield* deliver(relay.url, "svix", { email: "alice@example.com", seat: 2 }, { id: "msg_1" })
  yield* deliver(relay.url, "token", { people: [{ email: "bob@example.com" }] }, { secret: "wrong" })
  yield* deliver(relay.url, "token", { people: "nobody" })
  yield* HttpClient.post(`${relay.url}/webhooks/${"x".repeat(50)}`)
  yield* participants(ledger, 1)
  const settled = yield* until(scrape(relay.url), ({ text }) =>
    ['status="invited"} 1', 'source="svix",status="mapped"} 2'].every((line) => text.includes(line))
  )
  const value = (name: string, labels: Readonly<Record<string, string>>) => {
    const family = settled.families.find((family) => family.name === name)
    const found = family?.metrics.filter((metric) =>
      Object.entries(labels).every(([label, value]) => metric.labels?.[label] === value)
    )
    return found?.map((metric) => Number(metric.value))
  }
  return { ...settled, value }
})

const read = (file: string) =>
  FileSystem.FileSystem.use((fs) =>
    fs.readFileString(fileURLToPath(new URL(`../../../../${file}`, import.meta.url)))
  )

/** The metrics that a query is about; it has to be one. */
const metricsIn = (query: string): ReadonlyArray<string> => {
  const text = query.replaceAll("$__rate_interval", "5m")
  const names: Array<string> = []
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) expect.unreachable(`this is no PromQL: ${query}`)
      if (node.name === "VectorSelector") names.push(/^[\w:]+/.exec(text.slice(node.from))?.[0] ?? "")
    }
  })
  expect(names.length).toBeGreaterThan(0)
  return names
}

describe("/metrics", () => {
  it.live(
    "tells what came of requests, webhooks, calls and invitations, with bounded labels and nobody's address",
    () =>
      Effect.gen(function* () {
        const { value, text } = yield* busy
        const svix = { source: "svix", sender: "svix" }
        expect(value("usher_webhooks_accepted_total", svix)).toEqual([2])
        expect(value("usher_webhooks_duplicate_total", svix)).toEqual([1])
        expect(value("usher_webhooks_reused_id_total", { source: "svix" })).toEqual([1])
        expect(value("usher_webhooks_refused_total", { source: "token", reason: "NoSecretMatches" })).toEqual(
          [1]
        )
        expect(value("usher_webhooks_refused_total", { reason: "unknown-source" })).toEqual([1])
        // The parser puts the buckets of all series of a histogram into one.
        expect(text).toContain('usher_webhook_answer_seconds_count{source="svix"} 3\n')
        expect(text).toContain('usher_webhook_headroom_seconds_count{sender="svix"} 3\n')
        expect(value("usher_webhooks_mapped_total", { source: "svix", status: "mapped" })).toEqual([2])
        expect(value("usher_attempts_total", { spot: "main", status: "201", result: "Invited" })).toEqual([1])
        expect(value("usher_invitations_total", { spot: "main", status: "invited" })).toEqual([1])
        expect(text).toContain('usher_invitation_seconds_count{spot="main"} 1\n')
        const budget = (name: string, window: string) =>
          value(`usher_budget_${name}_calls`, { spot: "main", window })?.[0] ?? Number.NaN
        expect(budget("spent", "10s") + budget("left", "10s")).toBe(100)
        expect(budget("spent", "86400s") + budget("left", "86400s")).toBe(50_000)
        expect(value("usher_spot_paused", { spot: "main" })).toEqual([0, 0])
        expect(value("usher_spot_leader", { spot: "main" })).toEqual([1])
        expect(value("usher_spot_circuit", { spot: "main", state: "closed" })).toEqual([1])
        expect(value("usher_build_info", { version: "0.1.0", node: process.versions.node })).toEqual([1])
        expect(value("process_resident_memory_bytes", {})?.[0]).toBeGreaterThan(10_000_000)
        expect(text).not.toMatch(/alice|bob|nobody|xxxx/)
      }).pipe(isolated)
  )

  it.live("has every metric that the dashboard and the alerts ask for", () =>
    Effect.gen(function* () {
      const { families } = yield* busy
      const dashboard = JSON.parse(yield* read("docs/grafana/usher.json"))
      const alerts = Object(Yaml.parse(yield* read("docs/alerts.yml")))
      const queries: ReadonlyArray<string> = [
        ...dashboard.panels.flatMap((panel: { targets?: ReadonlyArray<{ expr: string }> }) =>
          (panel.targets ?? []).map(({ expr }) => expr)
        ),
        ...alerts.groups.flatMap((group: { rules: ReadonlyArray<{ expr: string }> }) =>
          group.rules.map(({ expr }) => expr)
        )
      ]
      expect(queries.length).toBeGreaterThan(30)
      const names = new Set(["up"])
      for (const { name, type } of families) {
        names.add(name)
        if (type === "HISTOGRAM") for (const part of ["bucket", "sum", "count"]) names.add(`${name}_${part}`)
      }
      const missing = queries.flatMap(metricsIn).filter((name) => !names.has(name))
      expect([...new Set(missing)]).toEqual([])
    }).pipe(isolated)
  )

  it.effect("each alert has a paragraph in the handbook", () =>
    Effect.gen(function* () {
      const alerts = Object(Yaml.parse(yield* read("docs/alerts.yml")))
      const book = yield* read("docs/operations/troubleshooting.md")
      const names: ReadonlyArray<string> = alerts.groups.flatMap(
        (group: { rules: ReadonlyArray<{ alert: string }> }) => group.rules.map(({ alert }) => alert)
      )
      expect(names.filter((name) => !book.includes(`**${name}**`))).toEqual([])
    }).pipe(isolated)
  )

  it.effect("each figure in such a paragraph is that of the alert", () =>
    Effect.gen(function* () {
      const alerts = Object(Yaml.parse(yield* read("docs/alerts.yml")))
      const rules: ReadonlyArray<Rule> = alerts.groups.flatMap(
        (group: { rules: ReadonlyArray<Rule> }) => group.rules
      )
      const book = yield* read("docs/operations/troubleshooting.md")
      for (const [alert, said, meant] of [
        [
          "UsherRefusing",
          "the relay refuses more than half as many webhooks of a source as it accepts",
          "> 0.5 *"
        ],
        ["UsherBudgetLow", "nine tenths of the day's 50,000 calls are spent", "< 0.1 *"],
        ["UsherEventLoopLag", "over a quarter of a second", "> 0.25"],
        ["UsherCooldownLong", "for over 15 minutes", "15m"]
      ] as const) {
        const paragraph = book.split("\n").find((line) => line.startsWith(`- **${alert}**`))
        expect(paragraph).toContain(said)
        const rule = rules.find((rule) => rule.alert === alert)
        expect(`${rule?.expr} for ${rule?.for}`).toContain(meant)
      }
    }).pipe(isolated)
  )
})

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
}
