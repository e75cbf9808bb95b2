/** Optional keys of the configuration, with the description and the default that editors show. */
import { Schema } from "effect"
import { ByteSizeText } from "./ByteSizeText.ts"
import { durationText } from "./DurationText.ts"

export const optional = <S extends Schema.Top>(schema: S, description: string, usual?: S["Type"]) =>
  Schema.optionalKey(schema).annotateKey({ description, ...(usual === undefined ? {} : { default: usual }) })

export const optionalDuration = (description: string, usual?: string) =>
  Schema.optionalKey(durationText(description, usual))

export const optionalSize = (description: string, usual: string) =>
  Schema.optionalKey(ByteSizeText.pipe(Schema.annotateEncoded({ description, default: usual })))
