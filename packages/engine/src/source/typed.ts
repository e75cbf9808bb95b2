/** Typed mappings: a schema decodes the body, and a function returns the invitations. */
import { Effect, Result, Schema, SchemaIssue } from "effect"
import type { Invitation } from "@usher/core"
import { Body } from "@usher/signatures"
import type { Mapped } from "../ports/Mapped.ts"
import type { Mapping } from "./Mapping.ts"

/** Further data of a webhook. */
export interface About {
  readonly source: string
  readonly headers: Readonly<Record<string, string>>
}

export type Invitations = ReadonlyArray<Invitation.Invitation>

export interface Typed<S extends Schema.ConstraintDecoder<unknown>, E, R> {
  readonly schema: S
  readonly invitations: (event: S["Type"], about: About) => Invitations | Effect.Effect<Invitations, E, R>
  readonly version?: string | undefined
  readonly headers?: ReadonlyArray<string> | undefined
}

export const typed = <S extends Schema.ConstraintDecoder<unknown>, E, R>({
  schema,
  invitations,
  version = "program",
  headers: read = []
}: Typed<S, E, R>): Effect.Effect<Mapping, never, R> =>
  Effect.contextWith((context) => {
    const decode = Schema.decodeUnknownEffect(schema, { errors: "all" })

    const wanted = (event: S["Type"], about: About): Effect.Effect<Mapped> =>
      Effect.suspend(() => {
        const given = invitations(event, about)
        return Effect.isEffect(given) ? given : Effect.succeed(given)
      }).pipe(
        Effect.provideContext(context),
        Effect.match({
          onSuccess: (all): Mapped =>
            all.length === 0
              ? { status: "ignored", reason: "invitations: an empty list" }
              : { status: "mapped", invitations: all, reason: null },
          // The error message can be personal data.
          onFailure: (error): Mapped => unmappable(`invitations: failed with ${nameOf(error)}`)
        })
      )

    return Effect.succeed<Mapping>({
      version,
      headers: read.map((name) => name.toLowerCase()),
      map: ({ source, headers, body, mediaTypes }) => {
        const value = Body.decode(headers, body, mediaTypes)
        if (Result.isFailure(value)) return Effect.succeed(unmappable(value.failure))
        return Effect.matchEffect(decode(value.success), {
          onSuccess: (event) => wanted(event, { source, headers }),
          onFailure: ({ issue }) => Effect.succeed(unmappable(`schema: ${placesOf(issue)}`))
        })
      }
    })
  })

const unmappable = (reason: string): Mapped => ({ status: "unmappable", reason })

const nameOf = (error: unknown): string => {
  const { _tag: tag, name } = Object(error)
  return typeof tag === "string" ? tag : typeof name === "string" ? name : typeof error
}

/** The invalid fields of the body, without their values. */
const placesOf = (issue: SchemaIssue.Issue): string => {
  const places = [...new Set(format(issue).issues.map(({ path = [] }) => path.map(step).join(".")))]
  const named = places.filter((place) => place !== "").slice(0, 5)
  return named.length === 0
    ? "the body does not match the schema"
    : `the body does not match the schema at ${named.join(", ")}`
}

/** Keys can be addresses of people. */
const step = (key: unknown) => (/^[\w-]{1,50}$/.test(String(key)) ? String(key) : "…")

/** Without messages, which can quote the body. */
const format = SchemaIssue.makeFormatterStandardSchemaV1({ leafHook: () => "", checkHook: () => "" })
