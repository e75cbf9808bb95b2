/** Where a sender puts the id of a delivery, as data. */
import { Schema } from "effect"

const hashed = Schema.optionalKey(Schema.Literal(true)).annotateKey({
  description: "use a hash of the value in the id, because the value identifies a person"
})

/**
 * One value of a delivery: a header, a dotted path into the JSON body (`*` for every element of an array), or a field of
 * a form. A path into a form starts with the name of its field, whose value may be JSON (`payload.action`).
 *
 * @category models
 */
export const Field = Schema.Union([
  Schema.Struct({
    header: Schema.NonEmptyString.annotateKey({ description: "the header that holds the id" }),
    with: Schema.optionalKey(Schema.NonEmptyString).annotateKey({
      description: "use the header only where this other header is present"
    })
  }),
  Schema.Struct({
    json: Schema.NonEmptyString.annotateKey({
      description: "a dotted path into the JSON body; * for every element of an array"
    }),
    hashed
  }),
  Schema.Struct({
    form: Schema.NonEmptyString.annotateKey({ description: "the field of the form that holds the id" }),
    hashed
  })
])

/**
 * One value of a delivery.
 *
 * @category models
 */
export type Field = typeof Field.Type

const All = Schema.Struct({
  all: Schema.NonEmptyArray(Field).annotateKey({
    description: "several values that compose the id; all are required"
  })
})

/**
 * A field, several fields that compose the id, or the first of several that is present. To make a part optional, put the
 * composition with it before the one without it into `first`.
 *
 * `{ body: "sha256" }` means that the sender gives no id. The hash of a body does not distinguish a retry from a second sign-up
 * with the same content, so it is not used as an id.
 *
 * @category models
 */
export const DeliveryId = Schema.Union([
  ...Field.members,
  All,
  Schema.Struct({
    first: Schema.NonEmptyArray(Schema.Union([...Field.members, All])).annotateKey({
      description: "the first of several values that is present"
    })
  }),
  Schema.Struct({
    body: Schema.Literal("sha256").annotateKey({
      description: "the sender gives no id: an equal body counts as a retry for a limited time"
    })
  })
])

/**
 * Where the sender puts the id of a delivery.
 *
 * @category models
 */
export type DeliveryId = typeof DeliveryId.Type
