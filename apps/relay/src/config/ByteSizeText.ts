/** Sizes in the configuration file. */
import { ByteSize, Effect, Option, Schema, SchemaIssue, SchemaTransformation } from "effect"

const units = ["GiB", "MiB", "KiB", "kB"] as const

/** The size in the largest unit of which it is a whole number, such as `64 MiB`. */
const format = (size: ByteSize.ByteSize): string => {
  const unit = units.find((unit) => !ByteSize.isZero(size) && Number.isInteger(ByteSize.toUnit(size, unit)))
  return unit === undefined ? `${size} B` : `${ByteSize.toUnit(size, unit)} ${unit}`
}

export const ByteSizeText = Schema.String.pipe(
  Schema.decodeTo(
    Schema.ByteSize,
    SchemaTransformation.transformEffect({
      decode: (text, options) =>
        Option.match(ByteSize.fromString(text), {
          onNone: () => Effect.fail(new SchemaIssue.InvalidValue({ expected: "a size" }, text, options)),
          onSome: Effect.succeed
        }),
      encode: (size) => Effect.succeed(format(size))
    })
  )
).annotate({ message: 'Expected a size, such as "1 MiB" or "500 kB"' })
