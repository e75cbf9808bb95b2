/** The files in `deploy`, judged by what does not need a Docker engine. */
import { describe, expect, it } from "@effect/vitest"
import { validate } from "dockerfile-utils"
import { Effect, FileSystem } from "effect"
import { Yaml } from "effect/encoding"
import { fileURLToPath } from "node:url"
import { isolated, load } from "./harness.ts"

const read = (file: string) =>
  FileSystem.FileSystem.use((fs) =>
    fs.readFileString(fileURLToPath(new URL(`../../../${file}`, import.meta.url)))
  )

const dockerfile = read("deploy/Dockerfile")
const compose = Effect.map(read("deploy/compose.yaml"), (text) => Object(Yaml.parse(text)))

describe("deploy", () => {
  it.effect(
    "the Dockerfile is valid, and runs as nobody in particular on the workspace's Node and pnpm",
    () =>
      Effect.gen(function* () {
        const text = yield* dockerfile
        expect(validate(text)).toEqual([])
        expect(text.match(/^USER .*/gm)).toEqual(["USER node"])
        const { nodeVersion } = Object(Yaml.parse(yield* read("pnpm-workspace.yaml")))
        expect(new Set(text.match(/^FROM node:[\d.]+/gm))).toEqual(new Set([`FROM node:${nodeVersion}`]))
        const [pnpm] = (yield* read("README.md")).match(/pnpm@[\d.]+/) ?? []
        expect(new Set(text.match(/pnpm@[\d.]+/g))).toEqual(new Set([pnpm]))
      }).pipe(isolated)
  )

  it.effect("the compose file has every secret and volume that its services name", () =>
    Effect.gen(function* () {
      const file = yield* compose
      const named = Object.values(file.services).flatMap((service) => Object(service).secrets)
      expect(new Set(named)).toEqual(new Set(Object.keys(file.secrets)))
    }).pipe(isolated)
  )

  it.effect("the configuration beside it is valid once its secrets are there", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped({ prefix: "usher-test-" })
      for (const secret of Object.keys((yield* compose).secrets)) {
        yield* fs.writeFileString(`${folder}/${secret}`, "secret-of-a-test\n")
      }
      const text = (yield* read("deploy/usher.yaml")).replaceAll("/run/secrets/", `${folder}/`)
      yield* fs.writeFileString(`${folder}/usher.yaml`, text)
      const config = yield* load(`${folder}/usher.yaml`)
      expect(config.database).toMatchObject({ kind: "postgres", url: "postgres://usher@postgres/usher" })
      expect([...config.relay.sources.keys()]).toEqual(["webinar-form"])
    }).pipe(isolated)
  )
})
