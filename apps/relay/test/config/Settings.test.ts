/** The settings in force: complete, in the form of the file, and without secrets. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Predicate } from "effect"
import { TestConsole } from "effect/testing"
import { Senders } from "@usher/signatures"
import { stringify } from "yaml"
import { jsonSchema } from "../../src/config/JsonSchema.ts"
import * as Settings from "../../src/config/Settings.ts"
import { folder, isolated, load } from "../harness.ts"
import { usher } from "../usher.ts"

type Node = Readonly<Record<string, unknown>>

const isNode = (value: unknown): value is Node => Predicate.isObject(value) && !Array.isArray(value)

const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** The alternatives of a part of the schema, without references. */
const alternatives = (node: unknown): ReadonlyArray<Node> => {
  if (!isNode(node)) return []
  if (typeof node["$ref"] === "string") {
    return alternatives(Object(jsonSchema.definitions)[node["$ref"].replace("#/definitions/", "")])
  }
  const several = [...list(node["anyOf"]), ...list(node["oneOf"]), ...list(node["allOf"])]
  return several.length === 0 ? [node] : several.flatMap(alternatives)
}

const propertiesOf = (node: Node): Node => (isNode(node["properties"]) ? node["properties"] : {})

/** The parts below a part, by key: `*` stands for any key, `[]` for any item. */
const below = (node: Node): ReadonlyArray<readonly [key: string, inner: unknown]> => {
  const { additionalProperties, items, patternProperties } = node
  const others = [
    additionalProperties,
    ...(isNode(patternProperties) ? Object.values(patternProperties) : [])
  ]
  return Object.entries(propertiesOf(node)).concat(
    others.map((inner) => ["*", inner]),
    [["[]", items]]
  )
}

/** The places of references to secrets in the schema. */
const secretPlaces = (node: unknown, path: ReadonlyArray<string> = []): ReadonlyArray<string> =>
  alternatives(node).flatMap((one) =>
    "env" in propertiesOf(one)
      ? [path.join(".")]
      : below(one).flatMap(([key, inner]) => secretPlaces(inner, [...path, key]))
  )

/** The entries of a value that such a key stands for. */
const entriesAt = (value: unknown, key: string): ReadonlyArray<readonly [key: string, inner: unknown]> => {
  if (key === "[]") return Object.entries(list(value))
  if (!isNode(value)) return []
  return key === "*" ? Object.entries(value) : key in value ? [[key, value[key]]] : []
}

/** The values at a place. */
const valuesAt = (value: unknown, [key, ...inner]: ReadonlyArray<string>): ReadonlyArray<unknown> =>
  key === undefined ? [value] : entriesAt(value, key).flatMap(([, one]) => valuesAt(one, inner))

/** Whether a value has only keys of this alternative. */
const isOf = (node: Node, value: unknown) =>
  !isNode(value) ||
  isNode(node["patternProperties"]) ||
  isNode(node["additionalProperties"]) ||
  Object.keys(value).every((key) => key in propertiesOf(node))

/** The keys with a default in the schema that a value leaves out. */
const withoutDefault = (node: unknown, value: unknown, path = ""): ReadonlyArray<string> =>
  alternatives(node).flatMap((one) =>
    isOf(one, value)
      ? below(one).flatMap(([key, inner]) => {
          const entries = entriesAt(value, key)
          return isNode(value) && entries.length === 0 && isNode(inner) && "default" in inner
            ? [`${path}.${key}`]
            : entries.flatMap(([name, entry]) => withoutDefault(inner, entry, `${path}.${name}`))
        })
      : []
  )

const canary = "canary"

/** A secret of each kind, by the name of its variable or file. */
const values: Readonly<Record<string, string>> = {
  PASSWORD: `${canary}-password`,
  PROXY: `http://${canary}:${canary}@proxy.example.com:3128`,
  SPOT_PROXY: `http://${canary}:${canary}@spot-proxy.example.com:3128`,
  ADMIN_TOKEN: `${canary}-0123456789abcdef0123456789abcdef`,
  SPOT_KEY: `${canary}-spot-key`,
  SECRET: `${canary}-secret`,
  VERIFY_TOKEN: `${canary}-verify-token`,
  SLACK: `https://hooks.slack.com/services/${canary}`,
  TEAMS: `https://example.webhook.office.com/${canary}`,
  SMTP: `smtps://${canary}:${canary}@mail.example.com:465`,
  ALERTS_SECRET: `whsec_${btoa(`${canary} of the alerts, 24 bytes`)}`
}

/** A file with every secret, referred to in the given way, and with credentials in every URL that may have some. */
const fileWith = (ref: (name: string) => Node) => ({
  server: { port: 0, admin: {}, publicUrl: "https://hooks.example.com" },
  database: { url: `postgres://${canary}@db.internal/usher?user=${canary}`, password: ref("PASSWORD") },
  proxy: { url: ref("PROXY"), noProxy: ["localhost"] },
  admin: { tokens: [{ ...ref("ADMIN_TOKEN"), name: "ops", scope: "operate" }] },
  spots: { main: { secretKey: ref("SPOT_KEY"), proxy: ref("SPOT_PROXY"), memberId: "member-\\d+" } },
  sources: {
    form: {
      sender: "meta",
      secrets: [{ ...ref("SECRET"), label: "new" }],
      verifyToken: ref("VERIFY_TOKEN"),
      spot: "main",
      invite: { live: "live-1", member: { expr: "email" } },
      expires: "2 hours"
    },
    crm: {
      sender: "token",
      secrets: [ref("SECRET")],
      limit: { perSecond: 5 },
      spot: "main",
      invite: { live: { expr: "live" }, member: { expr: "email" }, notify: false },
      when: { expr: "isNew" },
      expires: { before: "start" },
      keepHeaders: ["x-form"],
      reinviteAfter: "36 hours"
    }
  },
  alerts: {
    link: `https://${canary}:${canary}@usher.example.com/`,
    channels: {
      slack: { slack: ref("SLACK") },
      teams: { teams: ref("TEAMS"), urgency: "critical" },
      email: { email: { smtp: ref("SMTP"), from: "usher@example.com", to: ["ops@example.com"] } },
      hook: {
        webhook: {
          url: `https://${canary}:${canary}@events.example.com/${canary}?key=${canary}`,
          secret: ref("ALERTS_SECRET")
        }
      }
    }
  },
  retention: { bodies: "90 days" }
})

const ways = [
  ["variable", (name: string): Node => ({ env: name })],
  ["file", (name: string): Node => ({ file: `${name}.secret` })]
] as const

/** The folder with the file and, beside it, the files of the secrets. */
const prepared = Effect.fnUntraced(function* (file: unknown) {
  const home = yield* folder(JSON.stringify(file))
  const fs = yield* FileSystem.FileSystem
  yield* Effect.forEach(Object.entries(values), ([name, value]) =>
    fs.writeFileString(`${home.path}/${name}.secret`, value)
  )
  return home.file
})

const settingsOf = (file: string) => Effect.flatMap(load(file, values), Settings.of)

describe("the settings in force", () => {
  it.live.each(ways)("show each secret only as the name of its %s", ([, ref]) =>
    Effect.gen(function* () {
      const file = fileWith(ref)
      const places = [...new Set(secretPlaces(jsonSchema))]
      expect(places).toContain("sources.*.secrets.[]")
      const written = yield* prepared(file)
      const { settings, yaml } = yield* settingsOf(written)
      for (const place of places) {
        const path = place.split(".")
        const refs = valuesAt(file, path).filter(isNode)
        expect({ place, refs: refs.length }).not.toEqual({ place, refs: 0 })
        expect(valuesAt(settings, path).filter(isNode)).toMatchObject(refs)
      }
      const { stdout: shown, code } = yield* usher(["config", "show", "--config", written], values)
      const { stdout: json } = yield* usher(["config", "show", "--config", written, "--json"], values)
      expect(code).toBe(0)
      expect(shown.trim()).toBe(yaml.trim())
      expect(JSON.parse(json)).toEqual(settings)
      for (const text of [yaml, JSON.stringify(settings), shown, json]) {
        for (const value of [canary, ...Object.values(values)]) expect(text).not.toContain(value)
      }
    }).pipe(Effect.provide(TestConsole.layer), isolated)
  )

  it.live("have every default of the schema, in readable units", () =>
    Effect.gen(function* () {
      const { settings } = yield* settingsOf(yield* prepared(fileWith(ways[0][1])))
      // A scheme is as its sender's table has it, which leaves its own defaults out.
      const missing = withoutDefault(jsonSchema, settings).filter((path) => !path.includes(".verify."))
      expect(missing).toEqual([])
      expect(settings).toMatchObject({
        server: {
          host: "127.0.0.1",
          port: 0,
          maxBodySize: "1 MiB",
          deadline: "2500 millis",
          trustedProxies: []
        },
        database: { url: "postgres://db.internal/usher", maxConnections: 10 },
        admin: { audit: { reads: false, keep: "400 days" } },
        spots: {
          main: { timeout: "30 seconds", retry: { cap: "1 hour", maxAge: "3 days" }, memberId: "member-\\d+" }
        },
        sources: {
          form: { expires: "2 hours", secrets: [{ label: "new" }] },
          crm: {
            limit: { perSecond: 5, burst: 5 },
            invite: { live: { expr: "live" }, notify: false },
            when: { expr: "isNew" },
            expires: { before: "start" },
            keepHeaders: ["x-form"],
            reinviteAfter: "36 hours"
          }
        },
        quarantine: { size: "20 MiB", age: "14 days" },
        alerts: {
          after: "1 minute",
          link: "https://usher.example.com/",
          channels: {
            slack: { urgency: "warning" },
            teams: { urgency: "critical" },
            hook: { webhook: { url: "https://events.example.com/…" } }
          }
        },
        retention: { bodies: "90 days", quarantine: "14 days", audit: "400 days" }
      })
      expect(settings["retention"]).not.toHaveProperty("invitations")
    }).pipe(isolated)
  )

  it.live("are a file that means the same", () =>
    Effect.gen(function* () {
      const { settings, yaml } = yield* settingsOf(yield* prepared(fileWith(ways[0][1])))
      const again = yield* folder(yaml)
      expect((yield* settingsOf(again.file)).settings).toEqual(settings)
    }).pipe(isolated)
  )

  it.live("name the rules of each sender, and the proxy of the environment without its password", () =>
    Effect.gen(function* () {
      const secretOf = (scheme: string) =>
        scheme === "none" ? {} : { secrets: [{ env: scheme === "basic" ? "BASIC" : "WHSEC" }] }
      const sources = Object.fromEntries(
        Senders.all.map(({ email = "email", name, scheme }) => [
          name,
          {
            sender: name,
            ...secretOf(scheme.scheme),
            spot: "main",
            invite: { live: "live-1", member: { expr: email } }
          }
        ])
      )
      const { file } = yield* folder(
        stringify({
          database: "sqlite:./usher.db",
          spots: { main: { secretKey: { env: "SPOT_KEY" } } },
          sources
        })
      )
      const { settings } = yield* Effect.flatMap(
        load(file, {
          SPOT_KEY: "key",
          BASIC: "relay:a-password",
          WHSEC: `whsec_${btoa("the secret of a sender")}`,
          HTTPS_PROXY: `http://${canary}:${canary}@proxy.example.com:3128`,
          NO_PROXY: "localhost"
        }),
        Settings.of
      )
      expect(settings).toMatchObject({
        proxy: { url: "http://proxy.example.com:3128", noProxy: ["localhost"] },
        sources: Object.fromEntries(
          Object.keys(sources).map((name) => [name, { sender: name, verify: { scheme: expect.any(String) } }])
        )
      })
      expect(JSON.stringify(settings)).not.toContain(canary)
    }).pipe(isolated)
  )
})
