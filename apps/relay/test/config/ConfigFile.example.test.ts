/** The annotated example: it is right, and has every key. */
import { expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { fileURLToPath } from "node:url"
import { AlertsConfig } from "../../src/config/AlertsConfig.ts"
import { Config } from "../../src/config/ConfigSchema.ts"
import { ServerConfig } from "../../src/config/ServerConfig.ts"
import { SourceConfig } from "../../src/config/SourceConfig.ts"
import { SpotConfig } from "../../src/config/SpotConfig.ts"
import { folder, isolated, load } from "../harness.ts"

const example = FileSystem.FileSystem.use((fs) =>
  fs.readFileString(fileURLToPath(new URL("../../usher.example.yaml", import.meta.url)))
)

it.effect("the annotated example is right, once its secrets are there", () =>
  Effect.gen(function* () {
    const home = yield* folder(yield* example)
    const fs = yield* FileSystem.FileSystem
    yield* fs.writeFileString(`${home.path}/crm.secret`, "secret of the CRM\n")
    const { relay, alerts } = yield* load(home.file, {
      MELTINGSPOT_SECRET_KEY: "key",
      USHER_ADMIN_TOKEN: "0123456789abcdef0123456789abcdef",
      TYPEFORM_SECRET: "new",
      TYPEFORM_SECRET_OLD: "old",
      SLACK_WEBHOOK_URL: "https://hooks.slack.com/services/a",
      TEAMS_WEBHOOK_URL: "https://example.webhook.office.com/a",
      SMTP_URL: "smtps://usher:password@mail.example.com:465",
      ALERTS_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    })
    expect([...relay.sources.keys()]).toEqual(["webinar-form", "crm"])
    expect(alerts.channels.map(({ way }) => way.kind)).toEqual(["slack", "teams", "email", "webhook"])
  }).pipe(isolated)
)

it.effect("the annotated example has every key", () =>
  Effect.gen(function* () {
    const text = yield* example
    const keys = [Config, AlertsConfig, ServerConfig, SpotConfig, SourceConfig].flatMap(({ fields }) =>
      Object.keys(fields)
    )
    // `$schema` is for JSON; YAML has a comment in its place.
    const shown = keys.filter((key) => key !== "$schema")
    expect(shown.filter((key) => !new RegExp(`^ *(?:# *)?${key}:`, "m").test(text))).toEqual([])
  }).pipe(isolated)
)
