/** From a scheme and its secrets to the function that judges a delivery. */
import { Option, Result } from "effect"
import { type ByHeader, choiceOf, type Scheme } from "../Scheme.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import { type Check, failure } from "./check.ts"
import { compile as compileKeyed } from "./keyed.ts"
import { compile as compileStandardWebhooks } from "./standardWebhooks.ts"
import { compileBasic, compileToken } from "./token.ts"
import { compile as compileTwilio } from "./twilio.ts"

export const compile = (
  scheme: Scheme,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> => Result.map(compileScheme(scheme, secrets), total)

/** A stranger's bytes are refused where a check throws, such as over JSON that is nested too deeply. */
const total =
  (check: Check): Check =>
  (delivery, now) => {
    try {
      return check(delivery, now)
    } catch {
      return failure(
        "MalformedHeader",
        "the delivery can't be read: its body or a header is not of the sender's shape"
      )
    }
  }

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
