/** A scheme as another language reads it: every default filled in, times as numbers. */
import { Array as Arr, Duration } from "effect"
import type { Scheme } from "../src/index.ts"

/** Nothing to parse: a scheme is one flat object, and what is absent is null. */
export const neutral = (scheme: Scheme.Scheme): object => {
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return {
        scheme: scheme.scheme,
        header: Arr.ensure(scheme.header),
        algorithm: scheme.algorithm ?? "sha256",
        encoding: scheme.encoding ?? "hex",
        prefix: scheme.prefix ?? "",
        fields: scheme.fields ?? null,
        timestamp:
          scheme.timestamp === undefined
            ? null
            : { field: null, json: null, header: null, unit: "seconds", ...scheme.timestamp },
        toleranceSeconds: seconds(scheme.tolerance),
        future: scheme.future ?? "reject",
        key: scheme.key ?? "text",
        version: scheme.version ?? null,
        urlForms: scheme.urlForms ?? ["exact"],
        parts: (scheme.parts ?? ["body"]).map(part)
      }
    case "standard-webhooks":
      return {
        scheme: scheme.scheme,
        prefixes: scheme.prefixes ?? ["webhook-"],
        toleranceSeconds: seconds(scheme.tolerance) ?? 300
      }
    case "token":
      return {
        scheme: scheme.scheme,
        header: scheme.header ?? null,
        prefix: scheme.prefix ?? "",
        query: scheme.query ?? null
      }
    case "by-header":
      return {
        scheme: scheme.scheme,
        choices: scheme.choices.map(({ header, use, value }) => ({
          header,
          value: value ?? null,
          use: neutral(use)
        }))
      }
    default:
      return { scheme: scheme.scheme }
  }
}

const words = new Set(["body", "timestamp", "method", "url", "secret", "first-event"])

const part = (part: Scheme.Part) =>
  typeof part !== "string" ? part : words.has(part) ? { value: part } : { text: part }

const seconds = (tolerance: Duration.Duration | undefined) =>
  tolerance === undefined ? null : Duration.toSeconds(tolerance)
