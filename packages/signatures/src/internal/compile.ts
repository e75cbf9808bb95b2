/** Compiles a scheme and its secrets to the function that verifies a delivery. */
import { Option, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import { type ByHeader, choiceOf, needsUrl, type Scheme } from "../Scheme.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import { type Check, failure, total } from "./check.ts"
import { compile as compileKeyed } from "./keyed.ts"
import { compile as compileStandardWebhooks } from "./standardWebhooks.ts"
import { compileBasic, compileToken } from "./token.ts"
import { compile as compileTwilio } from "./twilio.ts"
import { isAbsolute } from "./url.ts"

export const compile = (
  scheme: Scheme,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> =>
  Result.map(compileScheme(scheme, secrets), (check) =>
    total(check, readsUrl(scheme) ? (delivery) => withoutUrl(scheme, delivery) : undefined)
  )

const readsUrl = (scheme: Scheme): boolean =>
  scheme.scheme === "by-header" ? scheme.choices.some(({ use }) => readsUrl(use)) : needsUrl(scheme, {})

/** Refuses a delivery that lacks the URL if the scheme verifies it. */
const withoutUrl = (scheme: Scheme, { url, headers }: Delivery) =>
  isAbsolute(url) || !needsUrl(scheme, headers)
    ? undefined
    : failure(
        "MissingUrl",
        `the scheme verifies the URL, and the delivery has ${url ? "one that is not absolute" : "none"}: give it the public URL as the sender called it, such as https://hooks.example.com/crm`
      )

const compileScheme = (
  scheme: Scheme,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> => {
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return compileKeyed(scheme, secrets)
    case "standard-webhooks":
      return compileStandardWebhooks(scheme, secrets)
    case "twilio":
      return compileTwilio(secrets)
    case "token":
      return compileToken(scheme, secrets)
    case "basic":
      return compileBasic(secrets)
    case "by-header":
      return compileByHeader(scheme, secrets)
    case "none":
      return Result.succeed(() => Result.succeed({ scheme: "none", secret: "none", signedAt: Option.none() }))
  }
}

const compileByHeader = (
  scheme: ByHeader,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> =>
  Result.map(
    Result.all(
      scheme.choices.map((choice) =>
        Result.map(compileKeyed(choice.use, secrets), (check) => ({ choice, check }))
      )
    ),
    (choices): Check =>
      (delivery, now) => {
        const chosen = Option.getOrUndefined(choiceOf(scheme, delivery.headers))
        const check = choices.find(({ choice }) => choice === chosen)?.check
        if (check !== undefined) return check(delivery, now)
        const present = scheme.choices.find(({ header }) => delivery.headers[header])
        const names = [...new Set(scheme.choices.map(({ header }) => header))].join(" or ")
        return present === undefined
          ? failure("MissingHeader", `the delivery carries none of the headers ${names}`)
          : failure(
              "UnsupportedVersion",
              `the header ${present.header} names a version that is not verified here`,
              present.header
            )
      }
  )
